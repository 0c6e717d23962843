import {
  WEBSOCKET_CLOSE_CLASS_VALUE_ABNORMAL,
  WEBSOCKET_CLOSE_CLASS_VALUE_APPLICATION,
  WEBSOCKET_CLOSE_CLASS_VALUE_BAD_GATEWAY,
  WEBSOCKET_CLOSE_CLASS_VALUE_GOING_AWAY,
  WEBSOCKET_CLOSE_CLASS_VALUE_INVALID,
  WEBSOCKET_CLOSE_CLASS_VALUE_LIBRARY,
  WEBSOCKET_CLOSE_CLASS_VALUE_NORMAL,
  WEBSOCKET_CLOSE_CLASS_VALUE_NO_STATUS,
  WEBSOCKET_CLOSE_CLASS_VALUE_POLICY_VIOLATION,
  WEBSOCKET_CLOSE_CLASS_VALUE_PROTOCOL_ERROR,
  WEBSOCKET_CLOSE_CLASS_VALUE_RESTART,
  WEBSOCKET_CLOSE_CLASS_VALUE_SERVER_ERROR,
  WEBSOCKET_CLOSE_CLASS_VALUE_TLS_ERROR,
} from "../semconv.ts";

/** RFC 6455 section 7.4.1: no close frame was received. */
export const CLOSE_ABNORMAL = 1006;

/** Every code of the IANA "WebSocket Close Code Number" registry that has a meaning, with its class. */
const REGISTERED: ReadonlyMap<number, string> = new Map([
  [1000, WEBSOCKET_CLOSE_CLASS_VALUE_NORMAL],
  [1001, WEBSOCKET_CLOSE_CLASS_VALUE_GOING_AWAY],
  [1002, WEBSOCKET_CLOSE_CLASS_VALUE_PROTOCOL_ERROR],
  [1003, WEBSOCKET_CLOSE_CLASS_VALUE_PROTOCOL_ERROR],
  [1005, WEBSOCKET_CLOSE_CLASS_VALUE_NO_STATUS],
  [CLOSE_ABNORMAL, WEBSOCKET_CLOSE_CLASS_VALUE_ABNORMAL],
  [1007, WEBSOCKET_CLOSE_CLASS_VALUE_PROTOCOL_ERROR],
  [1008, WEBSOCKET_CLOSE_CLASS_VALUE_POLICY_VIOLATION],
  [1009, WEBSOCKET_CLOSE_CLASS_VALUE_PROTOCOL_ERROR],
  [1010, WEBSOCKET_CLOSE_CLASS_VALUE_PROTOCOL_ERROR],
  [1011, WEBSOCKET_CLOSE_CLASS_VALUE_SERVER_ERROR],
  [1012, WEBSOCKET_CLOSE_CLASS_VALUE_RESTART],
  [1013, WEBSOCKET_CLOSE_CLASS_VALUE_RESTART],
  [1014, WEBSOCKET_CLOSE_CLASS_VALUE_BAD_GATEWAY],
  [1015, WEBSOCKET_CLOSE_CLASS_VALUE_TLS_ERROR],
  [3000, WEBSOCKET_CLOSE_CLASS_VALUE_LIBRARY],
  [3003, WEBSOCKET_CLOSE_CLASS_VALUE_LIBRARY],
  [3008, WEBSOCKET_CLOSE_CLASS_VALUE_LIBRARY],
]);

/** Classes that say that something failed; their code becomes `error.type` where nothing more exact is known. */
const FAILURES: ReadonlySet<string> = new Set([
  WEBSOCKET_CLOSE_CLASS_VALUE_PROTOCOL_ERROR,
  WEBSOCKET_CLOSE_CLASS_VALUE_POLICY_VIOLATION,
  WEBSOCKET_CLOSE_CLASS_VALUE_SERVER_ERROR,
  WEBSOCKET_CLOSE_CLASS_VALUE_BAD_GATEWAY,
  WEBSOCKET_CLOSE_CLASS_VALUE_TLS_ERROR,
]);

/** Class of a close code (RFC 6455 section 7.4): a small set of values whatever code a peer chooses. */
export function closeClass(code: number): string {
  const registered = REGISTERED.get(code);
  if (registered !== undefined) return registered;
  if (code >= 3000 && code <= 3999) return WEBSOCKET_CLOSE_CLASS_VALUE_LIBRARY;
  if (code >= 4000 && code <= 4999) return WEBSOCKET_CLOSE_CLASS_VALUE_APPLICATION;
  return WEBSOCKET_CLOSE_CLASS_VALUE_INVALID;
}

/** Whether IANA assigns the code, so that it may stand on a metric without being allowed by the user. */
export function isRegisteredCloseCode(code: number): boolean {
  return REGISTERED.has(code);
}

/** `error.type` that a close code implies by itself: the code as text for the classes that say failure. */
export function closeErrorType(code: number): string | undefined {
  return FAILURES.has(closeClass(code)) && REGISTERED.has(code) ? String(code) : undefined;
}
