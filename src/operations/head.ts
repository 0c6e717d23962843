import type { WebSocketMessage } from "../core/message-options.ts";

/** Characters, or bytes, of a message in which its operation has to be found. */
const LIMIT = 4096;

/** How a message begins, decoded; `undefined` where it cannot be read at once (a Blob). A longer rest costs nothing. */
export function headOf({ data }: WebSocketMessage): string | undefined {
  if (typeof data === "string") return data.slice(0, LIMIT);
  const first: unknown = Array.isArray(data) ? data[0] : data;
  if (first instanceof ArrayBuffer) return decode(new Uint8Array(first));
  return ArrayBuffer.isView(first)
    ? decode(new Uint8Array(first.buffer, first.byteOffset, first.byteLength))
    : undefined;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, LIMIT));
}
