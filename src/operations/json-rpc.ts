import type { WebSocketMessage } from "../core/message-options.ts";
import { headOf } from "./head.ts";
import { textMember } from "./json.ts";

/**
 * For `messageSpans.operation`: the method of a JSON-RPC 2.0 request or notification, `batch` for a batch, nothing for a
 * response. The first 4096 bytes of the message are looked at. Peers choose methods: `maxOperations` limits how many
 * names come of them.
 */
export function jsonRpcOperation(message: WebSocketMessage): string | undefined {
  const head = headOf(message);
  if (head === undefined) return undefined;
  return /^\s*\[/.test(head) ? "batch" : textMember(head, "method");
}
