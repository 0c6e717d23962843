import type { WebSocketMessage } from "../core/message-options.ts";
import { headOf } from "./head.ts";

/** Packet types of the Engine.IO protocol, by number. */
const ENGINE = ["open", "close", "ping", "pong", "message", "upgrade", "noop"] as const;
/** Packet types of the Socket.IO protocol, by number, within an Engine.IO message. */
const SOCKET = ["connect", "disconnect", "event", "ack", "connect_error", "event", "ack"] as const;
/** `42/admin,17["news",…]`, `451-["upload",…]`: attachments, namespace and number of the acknowledgement may be there. */
const EVENT = /^4[25](?:\d{1,9}-)?(?:\/[^,]{0,255},)?\d{0,15}\[\s*("(?:[^"\\]|\\.){0,128}")/s;

/**
 * For `messageSpans.operation`: the event's name of a Socket.IO packet, for other packets their type (`connect`, `ack`,
 * `ping` …). Binary messages are attachments and have none. Peers choose events: `maxOperations` limits how many names
 * come of them. Packets that a server broadcasts do not go through `send()` and have no span.
 */
export function socketIoOperation(message: WebSocketMessage): string | undefined {
  if (message.type !== "text") return undefined;
  const head = headOf(message);
  if (head === undefined || !/^[0-6]/.test(head)) return undefined;
  const engine = ENGINE[Number(head[0])];
  if (engine !== "message") return engine;
  const type = /^[0-6]/.test(head.slice(1)) ? SOCKET[Number(head[1])] : undefined;
  if (type !== "event") return type;
  const name = EVENT.exec(head)?.[1];
  return name === undefined ? undefined : unquoted(name);
}

function unquoted(name: string): string | undefined {
  try {
    return JSON.parse(name) as string;
  } catch {
    return undefined;
  }
}
