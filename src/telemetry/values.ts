import type { Role, Side } from "../core/facts.ts";
import {
  WEBSOCKET_CLOSE_INITIATOR_VALUE_CLIENT,
  WEBSOCKET_CLOSE_INITIATOR_VALUE_NONE,
  WEBSOCKET_CLOSE_INITIATOR_VALUE_SERVER,
} from "../semconv.ts";

/** The initiator of a close in terms of the connection and not of this process. */
export function initiatorValue(side: Side, role: Role): string {
  if (side === "none") return WEBSOCKET_CLOSE_INITIATOR_VALUE_NONE;
  const server = (side === "local") === (role === "server");
  return server ? WEBSOCKET_CLOSE_INITIATOR_VALUE_SERVER : WEBSOCKET_CLOSE_INITIATOR_VALUE_CLIENT;
}
