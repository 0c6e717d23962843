import type { Attributes } from "@opentelemetry/api";
import type { HandshakeFacts, OpenedFacts, Role, SpanFacts } from "../core/facts.ts";
import type { Closure, HandshakeOutcome, Progress } from "../core/signals.ts";
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_PROTOCOL_NAME,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_NETWORK_TRANSPORT,
  ATTR_NETWORK_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
  ATTR_WEBSOCKET_CLOSE_CLASS,
  ATTR_WEBSOCKET_CLOSE_CLEAN,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CLOSE_INITIATOR,
  ATTR_WEBSOCKET_CLOSE_REASON,
  ATTR_WEBSOCKET_COMPRESSION,
  ATTR_WEBSOCKET_CONNECTION_BYTES_RECEIVED,
  ATTR_WEBSOCKET_CONNECTION_BYTES_SENT,
  ATTR_WEBSOCKET_CONNECTION_FIRST_MESSAGE_DELAY,
  ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_ACKNOWLEDGED,
  ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_MISSED,
  ATTR_WEBSOCKET_CONNECTION_ID,
  ATTR_WEBSOCKET_CONNECTION_LONGEST_SILENCE,
  ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT,
  ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_SENT,
  ATTR_WEBSOCKET_CONNECTION_ROLE,
  ATTR_WEBSOCKET_INTERVAL_BYTES_RECEIVED,
  ATTR_WEBSOCKET_INTERVAL_BYTES_SENT,
  ATTR_WEBSOCKET_INTERVAL_HEARTBEATS_ACKNOWLEDGED,
  ATTR_WEBSOCKET_INTERVAL_HEARTBEATS_MISSED,
  ATTR_WEBSOCKET_INTERVAL_MESSAGES_RECEIVED,
  ATTR_WEBSOCKET_INTERVAL_MESSAGES_SENT,
  ATTR_WEBSOCKET_SUBPROTOCOL,
  NETWORK_TYPE_VALUE_IPV4,
  NETWORK_TYPE_VALUE_IPV6,
  WEBSOCKET_COMPRESSION_VALUE_NONE,
  WEBSOCKET_COMPRESSION_VALUE_PERMESSAGE_DEFLATE,
  WEBSOCKET_CONNECTION_ROLE_VALUE_CLIENT,
  WEBSOCKET_CONNECTION_ROLE_VALUE_SERVER,
} from "../semconv.ts";
import { redactQuery, redactUrl } from "./redact.ts";
import { initiatorValue } from "./values.ts";

/** RFC 6455 section 4.1: the protocol's version. */
const PROTOCOL_VERSION = "13";

/** What a connection has carried up to a moment: two of them tell what was between. */
export interface Carried {
  readonly messagesSent: number;
  readonly messagesReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly acknowledged: number;
  readonly missed: number;
}

const NOTHING: Carried = {
  messagesSent: 0,
  messagesReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
  acknowledged: 0,
  missed: 0,
};

/** What a span says from the beginning of the handshake. */
export function startAttributes(facts: HandshakeFacts, route: string | undefined, common: Attributes): Attributes {
  const described: SpanFacts = facts.describe();
  return defined({
    ...common,
    [ATTR_NETWORK_PROTOCOL_NAME]: "websocket",
    [ATTR_NETWORK_PROTOCOL_VERSION]: PROTOCOL_VERSION,
    [ATTR_WEBSOCKET_CONNECTION_ID]: connectionId(),
    [ATTR_URL_SCHEME]: facts.scheme,
    [ATTR_URL_PATH]: described.path,
    [ATTR_URL_QUERY]: described.query === undefined ? undefined : redactQuery(described.query),
    [ATTR_URL_FULL]: described.fullUrl === undefined ? undefined : redactUrl(described.fullUrl),
    [ATTR_HTTP_ROUTE]: route,
    [ATTR_SERVER_ADDRESS]: described.serverAddress ?? facts.serverAddress,
    [ATTR_SERVER_PORT]: described.serverPort ?? facts.serverPort,
    [ATTR_CLIENT_ADDRESS]: described.clientAddress,
    [ATTR_USER_AGENT_ORIGINAL]: described.userAgent,
  });
}

/** What tells a connection apart on its events. */
export function identityOf(role: Role, start: Attributes, common: Attributes): Attributes {
  const attributes: Attributes = {
    ...common,
    [ATTR_WEBSOCKET_CONNECTION_ID]: start[ATTR_WEBSOCKET_CONNECTION_ID],
    [ATTR_WEBSOCKET_CONNECTION_ROLE]:
      role === "server" ? WEBSOCKET_CONNECTION_ROLE_VALUE_SERVER : WEBSOCKET_CONNECTION_ROLE_VALUE_CLIENT,
  };
  const keys = role === "server" ? [ATTR_HTTP_ROUTE] : [ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT];
  for (const key of keys) if (start[key] !== undefined) attributes[key] = start[key];
  return attributes;
}

/** What is known when the handshake was accepted. */
export function openedAttributes(facts: OpenedFacts, outcome: HandshakeOutcome): Attributes {
  const { transport, peerAddress, peerPort } = facts.peer();
  return defined({
    [ATTR_HTTP_RESPONSE_STATUS_CODE]: outcome.statusCode,
    [ATTR_WEBSOCKET_COMPRESSION]: facts.compressed
      ? WEBSOCKET_COMPRESSION_VALUE_PERMESSAGE_DEFLATE
      : WEBSOCKET_COMPRESSION_VALUE_NONE,
    [ATTR_NETWORK_TRANSPORT]: transport,
    [ATTR_NETWORK_PEER_ADDRESS]: peerAddress,
    [ATTR_NETWORK_PEER_PORT]: peerPort,
    [ATTR_NETWORK_TYPE]: peerAddress === undefined ? undefined : networkType(peerAddress),
    [ATTR_WEBSOCKET_SUBPROTOCOL]: facts.subprotocol === "" ? undefined : facts.subprotocol,
  });
}

/** A handshake that was not accepted. */
export function rejectedAttributes({ statusCode, errorType }: HandshakeOutcome): Attributes {
  return defined({ [ATTR_HTTP_RESPONSE_STATUS_CODE]: statusCode, [ATTR_ERROR_TYPE]: errorType });
}

/** How a connection ended. */
export function closeAttributes(closure: Closure, role: Role): Attributes {
  const { code, closeClass, initiator, reason, clean, errorType } = closure;
  return defined({
    [ATTR_WEBSOCKET_CLOSE_CODE]: code,
    [ATTR_WEBSOCKET_CLOSE_CLASS]: closeClass,
    [ATTR_WEBSOCKET_CLOSE_INITIATOR]: initiatorValue(initiator, role),
    [ATTR_WEBSOCKET_CLOSE_REASON]: reason === "" ? undefined : reason,
    [ATTR_WEBSOCKET_CLOSE_CLEAN]: clean,
    [ATTR_ERROR_TYPE]: errorType,
  });
}

/** What a connection carried in all. */
export function totalAttributes({ totals, heartbeats }: Progress): Attributes {
  return defined({
    [ATTR_WEBSOCKET_CONNECTION_MESSAGES_SENT]: totals.messagesSent,
    [ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED]: totals.messagesReceived,
    [ATTR_WEBSOCKET_CONNECTION_BYTES_SENT]: totals.bytesSent,
    [ATTR_WEBSOCKET_CONNECTION_BYTES_RECEIVED]: totals.bytesReceived,
    [ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_ACKNOWLEDGED]: heartbeats?.acknowledged,
    [ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_MISSED]: heartbeats?.missed,
  });
}

/** What a connection was like, beside what it carried. */
export function characterAttributes({ totals, heartbeats, openedAt }: Progress): Attributes {
  const { firstMessageAt } = totals;
  return defined({
    [ATTR_WEBSOCKET_CONNECTION_LONGEST_SILENCE]: totals.longestSilence,
    [ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT]: totals.maxBufferedAmount,
    [ATTR_WEBSOCKET_CONNECTION_FIRST_MESSAGE_DELAY]: firstMessageAt > 0 ? firstMessageAt - openedAt : undefined,
    [ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP]: heartbeats?.meanRoundTrip,
  });
}

/** What a connection has carried so far. */
export function carriedBy({ totals, heartbeats }: Progress): Carried {
  const { messagesSent, messagesReceived, bytesSent, bytesReceived } = totals;
  const { acknowledged = 0, missed = 0 } = heartbeats ?? {};
  return { messagesSent, messagesReceived, bytesSent, bytesReceived, acknowledged, missed };
}

/** What a connection has carried since `before`; since its beginning without that. */
export function intervalAttributes(progress: Progress, before: Carried = NOTHING): Attributes {
  const { totals, heartbeats } = progress;
  return defined({
    [ATTR_WEBSOCKET_INTERVAL_MESSAGES_SENT]: totals.messagesSent - before.messagesSent,
    [ATTR_WEBSOCKET_INTERVAL_MESSAGES_RECEIVED]: totals.messagesReceived - before.messagesReceived,
    [ATTR_WEBSOCKET_INTERVAL_BYTES_SENT]: totals.bytesSent - before.bytesSent,
    [ATTR_WEBSOCKET_INTERVAL_BYTES_RECEIVED]: totals.bytesReceived - before.bytesReceived,
    [ATTR_WEBSOCKET_INTERVAL_HEARTBEATS_ACKNOWLEDGED]: heartbeats && heartbeats.acknowledged - before.acknowledged,
    [ATTR_WEBSOCKET_INTERVAL_HEARTBEATS_MISSED]: heartbeats && heartbeats.missed - before.missed,
  });
}

function networkType(address: string): string | undefined {
  if (address.includes(":")) return NETWORK_TYPE_VALUE_IPV6;
  return /^[\d.]+$/.test(address) ? NETWORK_TYPE_VALUE_IPV4 : undefined;
}

/**
 * Without the attributes that are undefined: some SDKs warn about them. A copy, since deleting them would make a
 * dictionary of the object, which an SDK reads at half the speed.
 */
export function defined(attributes: Attributes): Attributes {
  const result: Attributes = {};
  for (const key in attributes) if (attributes[key] !== undefined) result[key] = attributes[key];
  return result;
}

/** Node builds a UUID from sixteen pieces and keeps them all, 480 bytes, until a character is looked at. */
function connectionId(): string {
  const id = globalThis.crypto.randomUUID();
  id.charCodeAt(0);
  return id;
}
