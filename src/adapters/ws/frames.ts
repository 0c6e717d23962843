/** The message path: what is wrapped on the prototypes of `ws`'s Sender and Receiver. */
import type { Connection } from "../../core/connection.ts";
import { contain, reportOnce } from "../../core/contain.ts";
import { BINARY, TEXT } from "../../core/traffic.ts";
import type { MessageKind } from "../../core/traffic.ts";
import { hang, kConnection } from "./internals.ts";
import type { WsReceiver, WsSender } from "./internals.ts";
import type { Method, Patches } from "./patches.ts";

/** First byte of an unfragmented, uncompressed data frame (RFC 6455 section 5.2): FIN and the opcode. */
const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;
const FIN = 0x80;
const RSV1 = 0x40;
const OPCODE = 0x0f;
const TEXT_OPCODE = 0x01;
const FIRST_CONTROL_OPCODE = 0x08;
const PONG_OPCODE = 0x0a;

/** A message that leaves in several frames. */
interface OutgoingFragments {
  readonly kind: MessageKind;
  readonly compressed: boolean;
  length: number;
}

const fragments = new WeakMap<WsSender, OutgoingFragments>();
/** Payload length, before compression, of the frame that a sender is compressing; a sender compresses one at a time. */
const compressing = new WeakMap<WsSender, number>();

/** Whether a copy's receivers can be counted at `dataMessage`. */
export function countsReceived(receiver: WsReceiver): boolean {
  return (
    typeof receiver.dataMessage === "function" &&
    typeof receiver._messageLength === "number" &&
    typeof receiver._opcode === "number" &&
    typeof receiver._fin === "boolean"
  );
}

/** Whether a copy's senders can be counted at `sendFrame`. */
export function countsSent(sender: WsSender): boolean {
  return typeof sender.sendFrame === "function" && typeof sender.dispatch === "function";
}

/**
 * Counts received messages where the payload is complete and decompressed but not yet converted: the only place
 * at which its length in bytes is known whatever `binaryType` the application chose.
 */
export function patchReceiver(patches: Patches, prototype: object): void {
  patches.method(prototype, "dataMessage", (original: Method) => {
    return function dataMessage(this: WsReceiver, callback: unknown): unknown {
      const connection = this[kConnection];
      if (connection === undefined || this._fin !== true) return original.call(this, callback);
      if (this._opcode === TEXT_OPCODE) return textMessage(this, connection, original, callback);
      connection.received(BINARY, this._messageLength!);
      return original.call(this, callback);
    };
  });
}

function textMessage(receiver: WsReceiver, connection: Connection, original: Method, callback: unknown): unknown {
  const length = receiver._messageLength!;
  connection.received(TEXT, length);
  const result: unknown = original.call(receiver, callback);
  // Text that is not UTF-8 is no message: ws 7 returns the error, ws 8 passes it to the callback.
  if (result !== undefined || receiver._errored === true) connection.notReceived(TEXT, length);
  return result;
}

/**
 * Counts sent messages from the headers of the frames that go to the transport. Every path of `ws` ends there,
 * and so do the frames that Socket.IO encodes once and hands to many senders.
 */
export function patchSender(patches: Patches, prototype: object): void {
  patches.method(prototype, "sendFrame", (original: Method) => {
    return function sendFrame(this: WsSender, list: readonly Uint8Array[], callback: unknown): unknown {
      const connection = this[kConnection] ?? connectionOf(this);
      if (connection !== undefined) {
        const header = list[0]!;
        const first = header[0];
        if (first === FINAL_TEXT) connection.sent(TEXT, payloadLength(header));
        else if (first === FINAL_BINARY) connection.sent(BINARY, payloadLength(header));
        else otherFrame(this, connection, header);
      }
      return original.call(this, list, callback);
    };
  });
  patches.method(prototype, "dispatch", (original: Method) => {
    return function dispatch(
      this: WsSender,
      data: Uint8Array | string,
      compress: boolean,
      options: unknown,
      callback: unknown,
    ): unknown {
      if (compress) compressing.set(this, typeof data === "string" ? Buffer.byteLength(data) : data.length);
      return original.call(this, data, compress, options, callback);
    };
  });
}

/**
 * Sees pings leave and pongs arrive, whoever sent them, for the time between. Control frames are not on the message
 * path.
 */
export function patchHeartbeats(patches: Patches, sender: object, receiver: object): void {
  // A ping whose pong cannot be seen would count as missed.
  if (!("controlMessage" in receiver)) return;
  patches.method(sender, "ping", (original: Method) => {
    return function ping(this: WsSender, data: unknown, ...rest: unknown[]): unknown {
      const connection = this[kConnection] ?? connectionOf(this);
      const payload = connection === undefined ? undefined : contain("ping", () => payloadOf(data));
      if (payload !== undefined) contain("ping", () => connection!.pingSent(payload));
      return original.call(this, data, ...rest);
    };
  });
  patches.method(receiver, "controlMessage", (original: Method) => {
    return function controlMessage(this: WsReceiver, data: Uint8Array, ...rest: unknown[]): unknown {
      const connection = this[kConnection];
      if (connection !== undefined && this._opcode === PONG_OPCODE) {
        contain("pong", () => connection.pongReceived(data));
      }
      return original.call(this, data, ...rest);
    };
  });
}

/** The bytes that a ping carries. Those of a Blob are not known yet, so it is left out. */
function payloadOf(data: unknown): Uint8Array | undefined {
  if (data instanceof Blob) return undefined;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.from(data as string);
}

/** A sender is used before `setSocket` returns when an `open` listener sends; then the transport knows. */
function connectionOf(sender: WsSender): Connection | undefined {
  const connection = sender._socket?.[kConnection];
  if (connection !== undefined) hang(sender, kConnection, connection);
  return connection;
}

/** Fragments and compressed frames; control frames are no messages. */
function otherFrame(sender: WsSender, connection: Connection, header: Uint8Array): void {
  try {
    const first = header[0]!;
    const opcode = first & OPCODE;
    if (opcode >= FIRST_CONTROL_OPCODE) return;
    const begun = opcode === 0 ? fragments.get(sender) : undefined;
    const compressed = begun?.compressed ?? (first & RSV1) !== 0;
    const kind = begun?.kind ?? (opcode === TEXT_OPCODE ? TEXT : BINARY);
    const length = (begun?.length ?? 0) + (compressed ? (compressing.get(sender) ?? 0) : payloadLength(header));
    if ((first & FIN) === 0) {
      fragments.set(sender, { kind, compressed, length });
    } else {
      if (begun !== undefined) fragments.delete(sender);
      connection.sent(kind, length);
    }
  } catch (error) {
    reportOnce("sent frame", error);
  }
}

/** Payload length of a frame (RFC 6455 section 5.2): 7, 16 or 64 bits. */
function payloadLength(header: Uint8Array): number {
  const short = header[1]! & 0x7f;
  if (short < 126) return short;
  if (short === 126) return (header[2]! << 8) | header[3]!;
  let length = 0;
  for (let index = 2; index < 10; index += 1) length = length * 256 + header[index]!;
  return length;
}
