import type { WebSocketMessage } from "../core/message-options.ts";
import { headOf } from "./head.ts";
import { textMember } from "./json.ts";

/** Types of `graphql-transport-ws` and of the older `graphql-ws`; what else a peer sends is no name. */
const TYPES: ReadonlySet<string> = new Set([
  "connection_init",
  "connection_ack",
  "ping",
  "pong",
  "subscribe",
  "next",
  "error",
  "complete",
  "connection_error",
  "connection_terminate",
  "start",
  "stop",
  "data",
  "ka",
]);

/**
 * For `messageSpans.operation`: the type of a message of GraphQL over WebSocket, such as `subscribe` or `next`, of both
 * subprotocols (`graphql-transport-ws`, `graphql-ws`). The document is not looked at.
 */
export function graphqlWsOperation(message: WebSocketMessage): string | undefined {
  const head = headOf(message);
  const type = head === undefined ? undefined : textMember(head, "type");
  return type !== undefined && TYPES.has(type) ? type : undefined;
}
