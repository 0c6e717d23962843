/** Frames as a client sends them (RFC 6455 section 5.2): binary, masked, at most 65,535 bytes of payload. */

const FINAL_BINARY = 0x82;
const MASKED = 0x80;
/** Not zero, for which `ws` skips the unmasking. */
const MASK: readonly number[] = [0x11, 0x22, 0x33, 0x44];

/** One frame with `size` bytes of payload. */
export function clientFrame(size: number): Buffer {
  const header = size < 126 ? [MASKED | size] : [MASKED | 126, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([FINAL_BINARY, ...header, ...MASK]), Buffer.alloc(size, "x")]);
}

/** As many frames as fit into one read from a busy TCP socket, which is 64 KiB. */
export function clientChunk(size: number): { readonly bytes: Buffer; readonly frames: number } {
  const frame = clientFrame(size);
  const frames = Math.max(1, Math.floor(65_536 / frame.length));
  return { bytes: Buffer.concat(Array.from({ length: frames }, () => frame)), frames };
}

/** Bytes of a server's unmasked frame with `size` bytes of payload. */
export function serverFrameLength(size: number): number {
  return size + (size < 126 ? 2 : 4);
}

/** A client's close frame with code 1000. */
export const CLOSE_FRAME: Buffer = Buffer.from([0x88, MASKED | 2, 0, 0, 0, 0, 0x03, 0xe8]);
