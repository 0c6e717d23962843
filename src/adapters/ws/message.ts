import type { MessageFacts } from "../../core/facts.ts";

/** A message of a socket of `ws`, in any form in which it can be received or sent. */
export class WsMessage implements MessageFacts {
  readonly direction: "sent" | "received";
  readonly data: unknown;
  readonly type: "text" | "binary";
  #text: string | undefined;
  #size: number | undefined;

  /** `binary` is `undefined` where only the data says it: in `ws` 7, and in a `send()` without that option. */
  constructor(direction: "sent" | "received", data: unknown, binary: boolean | undefined) {
    this.direction = direction;
    this.data = data;
    this.type = (binary ?? (typeof data !== "string" && typeof data !== "number")) ? "binary" : "text";
  }

  get size(): number {
    return (this.#size ??= sizeOf(this.data));
  }

  get text(): string | undefined {
    if (this.type === "binary") return undefined;
    return (this.#text ??= textOf(this.data));
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === "string" || typeof data === "number") return Buffer.byteLength(String(data));
  if (Array.isArray(data)) return data.every(isBytes) ? data.reduce((sum, part) => sum + part.length, 0) : data.length;
  const { byteLength, size, length } = (data ?? {}) as { byteLength?: unknown; size?: unknown; length?: unknown };
  const known = byteLength ?? size ?? length;
  return typeof known === "number" ? known : 0;
}

/** A Blob cannot be read at once. */
function textOf(data: unknown): string | undefined {
  if (typeof data === "string" || typeof data === "number") return String(data);
  if (Array.isArray(data) && data.every(isBytes)) return Buffer.concat(data).toString();
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : undefined;
}

function isBytes(part: unknown): part is Uint8Array {
  return part instanceof Uint8Array;
}
