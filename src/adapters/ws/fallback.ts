/**
 * Counting by public means, for a version of `ws` whose internals are not the known ones. It costs more per
 * message, and on the receiving side sizes of fragments kept apart are summed and Blobs asked for their size.
 */
import { contain } from "../../core/contain.ts";
import { BINARY, TEXT } from "../../core/traffic.ts";
import { OPEN, kConnection } from "./internals.ts";
import type { WsWebSocket } from "./internals.ts";
import type { Method, Patches } from "./patches.ts";

/** Counts at `send()`. A fragmented message counts as one message per fragment here. */
export function patchPublicSend(patches: Patches, prototype: object): void {
  patches.method(prototype, "send", (original: Method) => {
    return function send(this: WsWebSocket, data: unknown, ...rest: unknown[]): unknown {
      const connection = this.readyState === OPEN ? this._socket?.[kConnection] : undefined;
      const result: unknown = original.call(this, data, ...rest);
      if (connection !== undefined) {
        contain("sent message", () => {
          const [options] = rest as [{ binary?: boolean } | undefined];
          const binary = typeof options === "object" ? options.binary : undefined;
          connection.sent((binary ?? typeof data !== "string") ? BINARY : TEXT, byteLength(data));
        });
      }
      return result;
    };
  });
}

/** Counts at the `message` event, without adding a listener. */
export function patchPublicReceive(patches: Patches, prototype: object): void {
  patches.method(prototype, "emit", (original: Method) => {
    return function emit(this: WsWebSocket, ...args: unknown[]): unknown {
      if (args[0] === "message") {
        const connection = this._socket?.[kConnection];
        const [, data, isBinary] = args;
        contain("received message", () =>
          connection?.received((isBinary ?? typeof data !== "string") === true ? BINARY : TEXT, byteLength(data)),
        );
      }
      return original.apply(this, args);
    };
  });
}

/** Payload bytes of anything that `ws` sends or delivers. */
export function byteLength(data: unknown): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  if (typeof data === "number") return String(data).length;
  if (Array.isArray(data)) return data.reduce<number>((sum, part) => sum + byteLength(part), 0);
  if (typeof data !== "object" || data === null) return 0;
  const { byteLength: bytes, size } = data as { byteLength?: unknown; size?: unknown };
  return typeof bytes === "number" ? bytes : typeof size === "number" ? size : 0;
}
