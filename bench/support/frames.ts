/** Frames as a client sends them (RFC 6455 section 5.2): whole, masked, at most 65,535 bytes of payload. */

export type MessageType = "text" | "binary";

const FIRST_BYTE: Record<MessageType, number> = { text: 0x81, binary: 0x82 };
const MASKED = 0x80;
/** Not zero, for which `ws` skips the unmasking; and with ASCII on both sides, since `ws` unmasks in place. */
const MASK: readonly number[] = [0x11, 0x22, 0x33, 0x44];
const PAYLOAD = "x";

/** One frame with `size` bytes of payload. */
export function clientFrame(size: number, type: MessageType = "binary"): Buffer {
  const length = size < 126 ? [MASKED | size] : [MASKED | 126, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([FIRST_BYTE[type], ...length, ...MASK]), Buffer.alloc(size, PAYLOAD)]);
}

/** As many frames as fit into one read from a busy TCP socket, which is 64 KiB. */
export function clientChunk(size: number, type: MessageType): { readonly bytes: Buffer; readonly frames: number } {
  const frame = clientFrame(size, type);
  const frames = Math.max(1, Math.floor(65_536 / frame.length));
  return { bytes: Buffer.concat(Array.from({ length: frames }, () => frame)), frames };
}

/** A message as an application hands it to `send`. */
export function payload(size: number, type: MessageType): Buffer | string {
  return type === "text" ? PAYLOAD.repeat(size) : Buffer.alloc(size, PAYLOAD);
}

/** Bytes of a server's unmasked frame with `size` bytes of payload. */
export function serverFrameLength(size: number): number {
  return size + (size < 126 ? 2 : 4);
}

/** A client's close frame with code 1000. */
export const CLOSE_FRAME: Buffer = Buffer.from([0x88, MASKED | 2, 0, 0, 0, 0, 0x03, 0xe8]);
