// Generated from semconv/ by `npm run semconv`. Do not edit.

/**
 * Identifies the version of the conventions that the telemetry follows.
 */
export const SCHEMA_URL = "https://opentelemetry-websocket.example/schemas/0.1.0";

/**
 * The number of open connections that count against the server's capacity.
 *
 * @example 8000
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CAPACITY_ACTIVE_CONNECTIONS = "websocket.capacity.active_connections";

/**
 * The number of connections that the server is configured to hold.
 *
 * @example 10000
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CAPACITY_LIMIT = "websocket.capacity.limit";

/**
 * Open connections divided by the limit.
 *
 * @example 0.8
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CAPACITY_UTILIZATION = "websocket.capacity.utilization";

/**
 * What the application says about the client of a connection, such as a keyed hash of its identity.
 *
 * @example 5f2c9a1e
 *
 * @note Opt-in, and never on metrics.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CLIENT_HASH = "websocket.client.hash";

/**
 * The kind of client, from its user agent and client hints.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CLIENT_PLATFORM = "websocket.client.platform";

/**
 * Enum value "web" for attribute {@link ATTR_WEBSOCKET_CLIENT_PLATFORM}.
 *
 * A browser on a computer.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLIENT_PLATFORM_VALUE_WEB = "web";

/**
 * Enum value "mobile" for attribute {@link ATTR_WEBSOCKET_CLIENT_PLATFORM}.
 *
 * A phone or tablet, browser or app.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLIENT_PLATFORM_VALUE_MOBILE = "mobile";

/**
 * Enum value "desktop" for attribute {@link ATTR_WEBSOCKET_CLIENT_PLATFORM}.
 *
 * An application on a computer that is no browser.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLIENT_PLATFORM_VALUE_DESKTOP = "desktop";

/**
 * Enum value "server" for attribute {@link ATTR_WEBSOCKET_CLIENT_PLATFORM}.
 *
 * A program or library.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLIENT_PLATFORM_VALUE_SERVER = "server";

/**
 * Enum value "bot" for attribute {@link ATTR_WEBSOCKET_CLIENT_PLATFORM}.
 *
 * A crawler or check.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLIENT_PLATFORM_VALUE_BOT = "bot";

/**
 * Enum value "unknown" for attribute {@link ATTR_WEBSOCKET_CLIENT_PLATFORM}.
 *
 * Not known.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLIENT_PLATFORM_VALUE_UNKNOWN = "unknown";

/**
 * The class of the close code.
 *
 * @note A small set of values for whatever code a peer sends. The ranges are those of [RFC 6455 section 7.4.2](https://www.rfc-editor.org/rfc/rfc6455#section-7.4.2), the single codes those of IANA's [WebSocket Close Code Number registry](https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number).
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CLOSE_CLASS = "websocket.close.class";

/**
 * Enum value "normal" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * The purpose of the connection was fulfilled (1000).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_NORMAL = "normal";

/**
 * Enum value "going_away" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * An endpoint went away, such as a page that was left or a server that shut down (1001).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_GOING_AWAY = "going_away";

/**
 * Enum value "no_status" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * The close frame carried no code (1005).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_NO_STATUS = "no_status";

/**
 * Enum value "abnormal" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * The transport ended without a close frame (1006).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_ABNORMAL = "abnormal";

/**
 * Enum value "protocol_error" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * A frame or message was malformed or not acceptable: protocol error (1002), unsupported data (1003), invalid payload (1007), message too big (1009), missing extension (1010).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_PROTOCOL_ERROR = "protocol_error";

/**
 * Enum value "policy_violation" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * A message broke a policy of the endpoint (1008).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_POLICY_VIOLATION = "policy_violation";

/**
 * Enum value "server_error" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * The server met a condition that it did not expect (1011).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_SERVER_ERROR = "server_error";

/**
 * Enum value "restart" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * The service restarts (1012) or asks to try again later (1013).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_RESTART = "restart";

/**
 * Enum value "bad_gateway" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * A gateway got an invalid response from its upstream (1014).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_BAD_GATEWAY = "bad_gateway";

/**
 * Enum value "tls_error" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * The TLS handshake failed (1015).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_TLS_ERROR = "tls_error";

/**
 * Enum value "library" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * A code for libraries, frameworks and applications that are registered with IANA (3000-3999).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_LIBRARY = "library";

/**
 * Enum value "application" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * A code for private use by the application (4000-4999).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_APPLICATION = "application";

/**
 * Enum value "invalid" for attribute {@link ATTR_WEBSOCKET_CLOSE_CLASS}.
 *
 * A code outside the ranges that may be used.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_CLASS_VALUE_INVALID = "invalid";

/**
 * Whether both sides sent a close frame before the transport ended.
 *
 * @note See _closed cleanly_ in [RFC 6455 section 7.1.4](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.4).
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CLOSE_CLEAN = "websocket.close.clean";

/**
 * The status code that the connection was closed with.
 *
 * @example 1000
 * @example 1006
 * @example 4401
 *
 * @note _The WebSocket Connection Close Code_ of
 * [RFC 6455 section 7.1.5](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5), or the code that this side
 * sent when it failed the connection itself. `1005` says that the close frame carried no code and `1006` that
 * no close frame was received; neither is ever sent
 * ([section 7.4.1](https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1)).
 *
 * A peer can send any code from 3000 to 4999. On metrics the code MUST therefore be set only when it is
 * assigned in IANA's
 * [WebSocket Close Code Number registry](https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number)
 * or allowed by the application; `websocket.close.class` stands for all others. Spans carry the exact code.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CLOSE_CODE = "websocket.close.code";

/**
 * The side that started the closing handshake.
 *
 * @note The sender of the first close frame, see [RFC 6455 section 7.1.2](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.2). An endpoint that fails the connection ([section 7.1.7](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.7)) or cuts its transport counts as its initiator.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CLOSE_INITIATOR = "websocket.close.initiator";

/**
 * Enum value "client" for attribute {@link ATTR_WEBSOCKET_CLOSE_INITIATOR}.
 *
 * The client started the closing handshake.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_INITIATOR_VALUE_CLIENT = "client";

/**
 * Enum value "server" for attribute {@link ATTR_WEBSOCKET_CLOSE_INITIATOR}.
 *
 * The server started the closing handshake.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_INITIATOR_VALUE_SERVER = "server";

/**
 * Enum value "none" for attribute {@link ATTR_WEBSOCKET_CLOSE_INITIATOR}.
 *
 * Neither side did; the transport broke without a close frame.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CLOSE_INITIATOR_VALUE_NONE = "none";

/**
 * The text that the close frame carried.
 *
 * @example token expired
 * @example server shutting down
 *
 * @note _The WebSocket Connection Close Reason_ of [RFC 6455 section 7.1.6](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.6), at most 123 bytes of UTF-8. Not set when it is empty. It MUST NOT be used on metrics.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CLOSE_REASON = "websocket.close.reason";

/**
 * The compression extension that was negotiated in the opening handshake.
 *
 * @note Taken from the server's `Sec-WebSocket-Extensions` header field, see [RFC 6455 section 9.1](https://www.rfc-editor.org/rfc/rfc6455#section-9.1). A negotiated extension allows compression; each message may still be sent without it.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_COMPRESSION = "websocket.compression";

/**
 * Enum value "permessage_deflate" for attribute {@link ATTR_WEBSOCKET_COMPRESSION}.
 *
 * Messages may be compressed with DEFLATE, see [RFC 7692](https://www.rfc-editor.org/rfc/rfc7692).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_COMPRESSION_VALUE_PERMESSAGE_DEFLATE = "permessage_deflate";

/**
 * Enum value "none" for attribute {@link ATTR_WEBSOCKET_COMPRESSION}.
 *
 * No compression extension was negotiated.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_COMPRESSION_VALUE_NONE = "none";

/**
 * Whether what an event reports has begun or ended.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONDITION = "websocket.condition";

/**
 * Enum value "begun" for attribute {@link ATTR_WEBSOCKET_CONDITION}.
 *
 * The condition has begun.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CONDITION_VALUE_BEGUN = "begun";

/**
 * Enum value "ended" for attribute {@link ATTR_WEBSOCKET_CONDITION}.
 *
 * The condition is over.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_CONDITION_VALUE_ENDED = "ended";

/**
 * The age of a connection, as one of a few groups.
 *
 * @example under_1h
 * @example 1h_to_24h
 * @example over_24h
 *
 * @note The default groups are `under_1h`, `1h_to_24h` and `over_24h`; applications may choose other limits.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_AGE_GROUP = "websocket.connection.age_group";

/**
 * The number of bytes that wait to be sent on the connection.
 *
 * @example 0
 * @example 2097152
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_BUFFERED_AMOUNT = "websocket.connection.buffered_amount";

/**
 * The bytes of message payload that this process received on the connection.
 *
 * @example 0
 * @example 9120
 *
 * @note Payload after decompression, without frame headers. Text counts as its UTF-8 bytes, see [RFC 6455 section 5.6](https://www.rfc-editor.org/rfc/rfc6455#section-5.6).
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_BYTES_RECEIVED = "websocket.connection.bytes_received";

/**
 * The bytes of message payload that this process sent on the connection.
 *
 * @example 0
 * @example 482133
 *
 * @note Payload before compression, without frame headers. Text counts as its UTF-8 bytes, see [RFC 6455 section 5.6](https://www.rfc-editor.org/rfc/rfc6455#section-5.6).
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_BYTES_SENT = "websocket.connection.bytes_sent";

/**
 * The time from the end of the opening handshake to the first message in either direction, in seconds.
 *
 * @example 0.012
 * @example 3.5
 *
 * @note Not set when the connection carried no message.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_FIRST_MESSAGE_DELAY = "websocket.connection.first_message.delay";

/**
 * The number of heartbeats of the connection that were answered.
 *
 * @example 0
 * @example 118
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_ACKNOWLEDGED = "websocket.connection.heartbeats_acknowledged";

/**
 * The number of heartbeats of the connection that were not answered in time.
 *
 * @example 0
 * @example 2
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_MISSED = "websocket.connection.heartbeats_missed";

/**
 * Identifies one WebSocket connection among all connections.
 *
 * @example 0f8c2f5e-52a4-4d0b-9f7e-6b1c2d3a4e5f
 *
 * @note A unique value that the instrumentation makes when the opening handshake begins. It is the same on all telemetry of a connection and is never sent to the peer. It MUST NOT be used on metrics.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_ID = "websocket.connection.id";

/**
 * The longest time without a message in either direction, in seconds.
 *
 * @example 0.5
 * @example 59.8
 * @example 3600.2
 *
 * @note Measured when metrics are collected and not per message, so its resolution is one collection interval (60 seconds by default). Control frames such as ping and pong do not end a silence.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_LONGEST_SILENCE = "websocket.connection.longest_silence";

/**
 * The largest number of bytes that waited to be sent on the connection.
 *
 * @example 0
 * @example 1048576
 *
 * @note Measured when metrics are collected, so its resolution is one collection interval.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT = "websocket.connection.max_buffered_amount";

/**
 * The mean round trip of the connection's heartbeats, in seconds.
 *
 * @example 0.042
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP = "websocket.connection.mean_round_trip";

/**
 * The number of data messages that this process received on the connection.
 *
 * @example 0
 * @example 37
 *
 * @note Messages and not frames; control frames are not counted. See [RFC 6455 section 5.4](https://www.rfc-editor.org/rfc/rfc6455#section-5.4).
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED = "websocket.connection.messages_received";

/**
 * The number of data messages that this process sent on the connection.
 *
 * @example 0
 * @example 1284
 *
 * @note Messages and not frames; control frames are not counted. See [RFC 6455 section 5.4](https://www.rfc-editor.org/rfc/rfc6455#section-5.4).
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_CONNECTION_MESSAGES_SENT = "websocket.connection.messages_sent";

/**
 * The transport that is used instead of WebSocket.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_FALLBACK_TRANSPORT = "websocket.fallback.transport";

/**
 * Enum value "polling" for attribute {@link ATTR_WEBSOCKET_FALLBACK_TRANSPORT}.
 *
 * HTTP polling or long polling.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_FALLBACK_TRANSPORT_VALUE_POLLING = "polling";

/**
 * Enum value "sse" for attribute {@link ATTR_WEBSOCKET_FALLBACK_TRANSPORT}.
 *
 * Server-sent events.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_FALLBACK_TRANSPORT_VALUE_SSE = "sse";

/**
 * Enum value "webtransport" for attribute {@link ATTR_WEBSOCKET_FALLBACK_TRANSPORT}.
 *
 * WebTransport.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_FALLBACK_TRANSPORT_VALUE_WEBTRANSPORT = "webtransport";

/**
 * Enum value "other" for attribute {@link ATTR_WEBSOCKET_FALLBACK_TRANSPORT}.
 *
 * Anything else.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_FALLBACK_TRANSPORT_VALUE_OTHER = "other";

/**
 * Whether a heartbeat was answered.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_HEARTBEAT_OUTCOME = "websocket.heartbeat.outcome";

/**
 * Enum value "acknowledged" for attribute {@link ATTR_WEBSOCKET_HEARTBEAT_OUTCOME}.
 *
 * The answer came.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_ACKNOWLEDGED = "acknowledged";

/**
 * Enum value "missed" for attribute {@link ATTR_WEBSOCKET_HEARTBEAT_OUTCOME}.
 *
 * The answer did not come in time.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_MISSED = "missed";

/**
 * What a heartbeat is made of.
 *
 * @note See [RFC 6455 section 5.5.2](https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2). An application heartbeat shows that the peer's application runs, not only its socket.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_HEARTBEAT_TYPE = "websocket.heartbeat.type";

/**
 * Enum value "protocol" for attribute {@link ATTR_WEBSOCKET_HEARTBEAT_TYPE}.
 *
 * A ping frame and its pong.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_HEARTBEAT_TYPE_VALUE_PROTOCOL = "protocol";

/**
 * Enum value "application" for attribute {@link ATTR_WEBSOCKET_HEARTBEAT_TYPE}.
 *
 * A message of the application and its acknowledgement.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_HEARTBEAT_TYPE_VALUE_APPLICATION = "application";

/**
 * The direction of a message, or of bytes, as this process sees it.
 *
 * @note `network.io.direction` is not used, since it describes the direction on a network interface and not the logical direction in a connection that lasts.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_MESSAGE_DIRECTION = "websocket.message.direction";

/**
 * Enum value "sent" for attribute {@link ATTR_WEBSOCKET_MESSAGE_DIRECTION}.
 *
 * Sent by this process.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_MESSAGE_DIRECTION_VALUE_SENT = "sent";

/**
 * Enum value "received" for attribute {@link ATTR_WEBSOCKET_MESSAGE_DIRECTION}.
 *
 * Received by this process.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_MESSAGE_DIRECTION_VALUE_RECEIVED = "received";

/**
 * The size of a message's payload in bytes.
 *
 * @example 32
 * @example 65536
 *
 * @note Bytes and not characters, all fragments together, before compression. It MUST NOT be used on metrics.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_MESSAGE_SIZE = "websocket.message.size";

/**
 * The type of a data message.
 *
 * @note The opcode of the message's first frame, see [RFC 6455 section 5.6](https://www.rfc-editor.org/rfc/rfc6455#section-5.6). Control frames (close, ping, pong) are not messages.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_MESSAGE_TYPE = "websocket.message.type";

/**
 * Enum value "text" for attribute {@link ATTR_WEBSOCKET_MESSAGE_TYPE}.
 *
 * A text message, opcode `0x1`.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_MESSAGE_TYPE_VALUE_TEXT = "text";

/**
 * Enum value "binary" for attribute {@link ATTR_WEBSOCKET_MESSAGE_TYPE}.
 *
 * A binary message, opcode `0x2`.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_MESSAGE_TYPE_VALUE_BINARY = "binary";

/**
 * What a message is for in the protocol that runs over the WebSocket.
 *
 * @example subscribe
 * @example orders.create
 * @example _OTHER
 *
 * @note The name that the application gives, such as the method of a JSON-RPC request or the type of a graphql-ws message. Peers may choose it, so the number of distinct values MUST be limited; further ones MUST be replaced by `_OTHER`.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_OPERATION_NAME = "websocket.operation.name";

/**
 * Where a synthetic check runs.
 *
 * @example eu-central-1
 * @example office
 * @example mobile-network
 *
 * @note One of the few values that the operator gives to the places that check: a region, a data centre, a network.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_PROBE_LOCATION = "websocket.probe.location";

/**
 * The name of a synthetic check.
 *
 * @example chat
 * @example prices-eu
 * @example example.com/chat
 *
 * @note The name that its configuration gives to it, unique among the checks of one process. It MUST NOT hold credentials, and a check that has no name takes the host and the path of its URL.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_PROBE_NAME = "websocket.probe.name";

/**
 * A part of a synthetic check.
 *
 * @note The phases follow each other in this order; `message` may occur several times.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_PROBE_PHASE = "websocket.probe.phase";

/**
 * Enum value "dns" for attribute {@link ATTR_WEBSOCKET_PROBE_PHASE}.
 *
 * Resolving the host's name; there is none where the URL has an address.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_PROBE_PHASE_VALUE_DNS = "dns";

/**
 * Enum value "connect" for attribute {@link ATTR_WEBSOCKET_PROBE_PHASE}.
 *
 * Establishing the TCP connection and, through a proxy, the tunnel.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_PROBE_PHASE_VALUE_CONNECT = "connect";

/**
 * Enum value "tls" for attribute {@link ATTR_WEBSOCKET_PROBE_PHASE}.
 *
 * The TLS handshake and the verification of the certificate; `wss` only.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_PROBE_PHASE_VALUE_TLS = "tls";

/**
 * Enum value "upgrade" for attribute {@link ATTR_WEBSOCKET_PROBE_PHASE}.
 *
 * From sending the upgrade request to its response, see [RFC 6455 section 4](https://www.rfc-editor.org/rfc/rfc6455#section-4).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_PROBE_PHASE_VALUE_UPGRADE = "upgrade";

/**
 * Enum value "message" for attribute {@link ATTR_WEBSOCKET_PROBE_PHASE}.
 *
 * A round trip, from a message to the answer that is expected or from a ping to its pong.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_PROBE_PHASE_VALUE_MESSAGE = "message";

/**
 * Enum value "close" for attribute {@link ATTR_WEBSOCKET_PROBE_PHASE}.
 *
 * The closing handshake, see [RFC 6455 section 7](https://www.rfc-editor.org/rfc/rfc6455#section-7).
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_PROBE_PHASE_VALUE_CLOSE = "close";

/**
 * What a run of a synthetic check found.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_PROBE_RESULT = "websocket.probe.result";

/**
 * Enum value "up" for attribute {@link ATTR_WEBSOCKET_PROBE_RESULT}.
 *
 * Everything was as expected.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_PROBE_RESULT_VALUE_UP = "up";

/**
 * Enum value "degraded" for attribute {@link ATTR_WEBSOCKET_PROBE_RESULT}.
 *
 * Everything worked, and a limit that the check sets was passed.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_PROBE_RESULT_VALUE_DEGRADED = "degraded";

/**
 * Enum value "down" for attribute {@link ATTR_WEBSOCKET_PROBE_RESULT}.
 *
 * A phase failed, or an answer was not as expected.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_PROBE_RESULT_VALUE_DOWN = "down";

/**
 * The quality of a connection, as one of three grades.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_QUALITY_GRADE = "websocket.quality.grade";

/**
 * Enum value "good" for attribute {@link ATTR_WEBSOCKET_QUALITY_GRADE}.
 *
 * A score of 80 and more.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_QUALITY_GRADE_VALUE_GOOD = "good";

/**
 * Enum value "fair" for attribute {@link ATTR_WEBSOCKET_QUALITY_GRADE}.
 *
 * A score of 50 to 80.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_QUALITY_GRADE_VALUE_FAIR = "fair";

/**
 * Enum value "poor" for attribute {@link ATTR_WEBSOCKET_QUALITY_GRADE}.
 *
 * A score under 50.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_QUALITY_GRADE_VALUE_POOR = "poor";

/**
 * How an attempt to connect again ended.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_RECONNECTION_OUTCOME = "websocket.reconnection.outcome";

/**
 * Enum value "succeeded" for attribute {@link ATTR_WEBSOCKET_RECONNECTION_OUTCOME}.
 *
 * The connection is open again.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_RECONNECTION_OUTCOME_VALUE_SUCCEEDED = "succeeded";

/**
 * Enum value "failed" for attribute {@link ATTR_WEBSOCKET_RECONNECTION_OUTCOME}.
 *
 * The attempt failed.
 *
 * @experimental This enum value is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const WEBSOCKET_RECONNECTION_OUTCOME_VALUE_FAILED = "failed";

/**
 * The application-level protocol that the server selected in the opening handshake.
 *
 * @example graphql-transport-ws
 * @example mqtt
 * @example v12.stomp
 * @example _OTHER
 *
 * @note The value of the server's `Sec-WebSocket-Protocol` header field, see
 * [RFC 6455 section 1.9](https://www.rfc-editor.org/rfc/rfc6455#section-1.9) and
 * [section 4.2.2](https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2). Not set when none was negotiated.
 *
 * Many servers select whatever a client offers first. On metrics the value MUST therefore be one that is
 * registered with IANA, in common use, or allowed by the application; any other value MUST be replaced by
 * `_OTHER`. Spans carry the exact value.
 *
 * @experimental This attribute is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const ATTR_WEBSOCKET_SUBPROTOCOL = "websocket.subprotocol";

/**
 * Client address - domain name if available without reverse DNS lookup; otherwise, IP address or UNIX domain socket name.
 *
 * @see `ATTR_CLIENT_ADDRESS` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_CLIENT_ADDRESS = "client.address";

/**
 * Describes a class of error the operation ended with.
 *
 * @see `ATTR_ERROR_TYPE` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_ERROR_TYPE = "error.type";

/**
 * Enum value "_OTHER" for attribute {@link ATTR_ERROR_TYPE}.
 */
export const ERROR_TYPE_VALUE_OTHER = "_OTHER";

/**
 * Two-letter code representing continent’s name.
 *
 * @see `ATTR_GEO_CONTINENT_CODE` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_GEO_CONTINENT_CODE = "geo.continent.code";

/**
 * Enum value "AF" for attribute {@link ATTR_GEO_CONTINENT_CODE}.
 */
export const GEO_CONTINENT_CODE_VALUE_AF = "AF";

/**
 * Enum value "AN" for attribute {@link ATTR_GEO_CONTINENT_CODE}.
 */
export const GEO_CONTINENT_CODE_VALUE_AN = "AN";

/**
 * Enum value "AS" for attribute {@link ATTR_GEO_CONTINENT_CODE}.
 */
export const GEO_CONTINENT_CODE_VALUE_AS = "AS";

/**
 * Enum value "EU" for attribute {@link ATTR_GEO_CONTINENT_CODE}.
 */
export const GEO_CONTINENT_CODE_VALUE_EU = "EU";

/**
 * Enum value "NA" for attribute {@link ATTR_GEO_CONTINENT_CODE}.
 */
export const GEO_CONTINENT_CODE_VALUE_NA = "NA";

/**
 * Enum value "OC" for attribute {@link ATTR_GEO_CONTINENT_CODE}.
 */
export const GEO_CONTINENT_CODE_VALUE_OC = "OC";

/**
 * Enum value "SA" for attribute {@link ATTR_GEO_CONTINENT_CODE}.
 */
export const GEO_CONTINENT_CODE_VALUE_SA = "SA";

/**
 * Two-letter ISO Country Code ([ISO 3166-1 alpha2](https://wikipedia.org/wiki/ISO_3166-1#Codes)).
 *
 * @see `ATTR_GEO_COUNTRY_ISO_CODE` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_GEO_COUNTRY_ISO_CODE = "geo.country.iso_code";

/**
 * [HTTP response status code](https://tools.ietf.org/html/rfc7231#section-6).
 *
 * @see `ATTR_HTTP_RESPONSE_STATUS_CODE` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_HTTP_RESPONSE_STATUS_CODE = "http.response.status_code";

/**
 * The matched route template for the request. This **MUST** be low-cardinality and include all static path segments, with dynamic path segments represented with placeholders.
 *
 * @see `ATTR_HTTP_ROUTE` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_HTTP_ROUTE = "http.route";

/**
 * Peer address of the network connection - IP address or UNIX domain socket name.
 *
 * @see `ATTR_NETWORK_PEER_ADDRESS` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_NETWORK_PEER_ADDRESS = "network.peer.address";

/**
 * Peer port number of the network connection.
 *
 * @see `ATTR_NETWORK_PEER_PORT` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_NETWORK_PEER_PORT = "network.peer.port";

/**
 * [OSI application layer](https://wikipedia.org/wiki/Application_layer) or non-OSI equivalent.
 *
 * @see `ATTR_NETWORK_PROTOCOL_NAME` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_NETWORK_PROTOCOL_NAME = "network.protocol.name";

/**
 * The actual version of the protocol used for network communication.
 *
 * @see `ATTR_NETWORK_PROTOCOL_VERSION` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_NETWORK_PROTOCOL_VERSION = "network.protocol.version";

/**
 * [OSI transport layer](https://wikipedia.org/wiki/Transport_layer) or [inter-process communication method](https://wikipedia.org/wiki/Inter-process_communication).
 *
 * @see `ATTR_NETWORK_TRANSPORT` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_NETWORK_TRANSPORT = "network.transport";

/**
 * Enum value "pipe" for attribute {@link ATTR_NETWORK_TRANSPORT}.
 */
export const NETWORK_TRANSPORT_VALUE_PIPE = "pipe";

/**
 * Enum value "quic" for attribute {@link ATTR_NETWORK_TRANSPORT}.
 */
export const NETWORK_TRANSPORT_VALUE_QUIC = "quic";

/**
 * Enum value "tcp" for attribute {@link ATTR_NETWORK_TRANSPORT}.
 */
export const NETWORK_TRANSPORT_VALUE_TCP = "tcp";

/**
 * Enum value "udp" for attribute {@link ATTR_NETWORK_TRANSPORT}.
 */
export const NETWORK_TRANSPORT_VALUE_UDP = "udp";

/**
 * Enum value "unix" for attribute {@link ATTR_NETWORK_TRANSPORT}.
 */
export const NETWORK_TRANSPORT_VALUE_UNIX = "unix";

/**
 * [OSI network layer](https://wikipedia.org/wiki/Network_layer) or non-OSI equivalent.
 *
 * @see `ATTR_NETWORK_TYPE` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_NETWORK_TYPE = "network.type";

/**
 * Enum value "ipv4" for attribute {@link ATTR_NETWORK_TYPE}.
 */
export const NETWORK_TYPE_VALUE_IPV4 = "ipv4";

/**
 * Enum value "ipv6" for attribute {@link ATTR_NETWORK_TYPE}.
 */
export const NETWORK_TYPE_VALUE_IPV6 = "ipv6";

/**
 * Server domain name if available without reverse DNS lookup; otherwise, IP address or UNIX domain socket name.
 *
 * @see `ATTR_SERVER_ADDRESS` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_SERVER_ADDRESS = "server.address";

/**
 * Server port number.
 *
 * @see `ATTR_SERVER_PORT` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_SERVER_PORT = "server.port";

/**
 * Absolute URL describing a network resource according to [RFC3986](https://www.rfc-editor.org/rfc/rfc3986)
 *
 * @see `ATTR_URL_FULL` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_URL_FULL = "url.full";

/**
 * The [URI path](https://www.rfc-editor.org/rfc/rfc3986#section-3.3) component
 *
 * @see `ATTR_URL_PATH` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_URL_PATH = "url.path";

/**
 * The [URI query](https://www.rfc-editor.org/rfc/rfc3986#section-3.4) component
 *
 * @see `ATTR_URL_QUERY` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_URL_QUERY = "url.query";

/**
 * The [URI scheme](https://www.rfc-editor.org/rfc/rfc3986#section-3.1) component identifying the used protocol.
 *
 * @see `ATTR_URL_SCHEME` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_URL_SCHEME = "url.scheme";

/**
 * Value of the [HTTP User-Agent](https://www.rfc-editor.org/rfc/rfc9110.html#field.user-agent) header sent by the client.
 *
 * @see `ATTR_USER_AGENT_ORIGINAL` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_USER_AGENT_ORIGINAL = "user_agent.original";

/**
 * Specifies the category of synthetic traffic, such as tests or bots.
 *
 * @see `ATTR_USER_AGENT_SYNTHETIC_TYPE` of `@opentelemetry/semantic-conventions`
 */
export const ATTR_USER_AGENT_SYNTHETIC_TYPE = "user_agent.synthetic.type";

/**
 * Enum value "bot" for attribute {@link ATTR_USER_AGENT_SYNTHETIC_TYPE}.
 */
export const USER_AGENT_SYNTHETIC_TYPE_VALUE_BOT = "bot";

/**
 * Enum value "test" for attribute {@link ATTR_USER_AGENT_SYNTHETIC_TYPE}.
 */
export const USER_AGENT_SYNTHETIC_TYPE_VALUE_TEST = "test";

/**
 * Duration of WebSocket server handshakes.
 *
 * @note From the upgrade request's arrival to the response that ends the opening handshake
 * ([RFC 6455 section 4](https://www.rfc-editor.org/rfc/rfc6455#section-4)) or to its failure. Its count is the
 * number of attempts; accepted ones have `http.response.status_code` 101 and no `error.type`.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION = "websocket.server.handshake.duration";

/**
 * Duration of WebSocket client handshakes.
 *
 * @note From the attempt to connect to the response that ends the opening handshake
 * ([RFC 6455 section 4](https://www.rfc-editor.org/rfc/rfc6455#section-4)) or to its failure. Its count is the
 * number of attempts; accepted ones have `http.response.status_code` 101 and no `error.type`.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION = "websocket.client.handshake.duration";

/**
 * Number of open WebSocket server connections.
 *
 * @note A connection is open from the end of its opening handshake until its transport has ended
 * ([RFC 6455 section 7.1.4](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.4)).
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS = "websocket.server.active_connections";

/**
 * Number of open WebSocket client connections.
 *
 * @note A connection is open from the end of its opening handshake until its transport has ended
 * ([RFC 6455 section 7.1.4](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.4)).
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS = "websocket.client.active_connections";

/**
 * Duration of WebSocket server connections.
 *
 * @note From the end of the opening handshake until the transport has ended, recorded when it has. The buckets SHOULD
 * reach from one second to seven days.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CONNECTION_DURATION = "websocket.server.connection.duration";

/**
 * Duration of WebSocket client connections.
 *
 * @note From the end of the opening handshake until the transport has ended, recorded when it has. The buckets SHOULD
 * reach from one second to seven days.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_CONNECTION_DURATION = "websocket.client.connection.duration";

/**
 * Number of WebSocket server connections that have ended.
 *
 * @note One for each connection whose opening handshake was accepted.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS = "websocket.server.closed_connections";

/**
 * Number of WebSocket client connections that have ended.
 *
 * @note One for each connection whose opening handshake was accepted.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS = "websocket.client.closed_connections";

/**
 * Number of WebSocket server messages, sent and received.
 *
 * @note Data messages and not frames ([RFC 6455 section 5.4](https://www.rfc-editor.org/rfc/rfc6455#section-5.4)); a
 * message counts when it is complete. Control frames (close, ping, pong) do not count.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_MESSAGES = "websocket.server.messages";

/**
 * Number of WebSocket client messages, sent and received.
 *
 * @note Data messages and not frames ([RFC 6455 section 5.4](https://www.rfc-editor.org/rfc/rfc6455#section-5.4)); a
 * message counts when it is complete. Control frames (close, ping, pong) do not count.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_MESSAGES = "websocket.client.messages";

/**
 * Payload bytes of WebSocket server messages, sent and received.
 *
 * @note Payload without frame headers, before compression and after decompression. Text counts as its UTF-8 bytes
 * ([RFC 6455 section 5.6](https://www.rfc-editor.org/rfc/rfc6455#section-5.6)).
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_MESSAGE_IO = "websocket.server.message.io";

/**
 * Payload bytes of WebSocket client messages, sent and received.
 *
 * @note Payload without frame headers, before compression and after decompression. Text counts as its UTF-8 bytes
 * ([RFC 6455 section 5.6](https://www.rfc-editor.org/rfc/rfc6455#section-5.6)).
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_MESSAGE_IO = "websocket.client.message.io";

/**
 * Bytes on the wire of WebSocket server connections, sent and received.
 *
 * @note All that follows the opening handshake: frame headers, control frames and payload as it was compressed. Over TLS
 * it is counted before encryption where the runtime counts there, and is left out where the transport does not
 * count at all.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_NETWORK_IO = "websocket.server.network.io";

/**
 * Bytes on the wire of WebSocket client connections, sent and received.
 *
 * @note All that follows the opening handshake: frame headers, control frames and payload as it was compressed. Over TLS
 * it is counted before encryption where the runtime counts there, and is left out where the transport does not
 * count at all.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_NETWORK_IO = "websocket.client.network.io";

/**
 * Payload size of WebSocket server messages, sent and received.
 *
 * @note One measurement for each message that `websocket.server.messages` counts, in bytes as
 * `websocket.server.message.io` counts them.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE = "websocket.server.message.size";

/**
 * Payload size of WebSocket client messages, sent and received.
 *
 * @note One measurement for each message that `websocket.client.messages` counts, in bytes as
 * `websocket.client.message.io` counts them.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_MESSAGE_SIZE = "websocket.client.message.size";

/**
 * Number of WebSocket server heartbeats that were answered or missed.
 *
 * @note A protocol heartbeat is a ping and the pong with its payload ([RFC 6455 section 5.5.2](https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2)),
 * whoever sent the ping; an application heartbeat is a message of the application and its acknowledgement.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_HEARTBEATS = "websocket.server.heartbeats";

/**
 * Round trip of WebSocket server heartbeats.
 *
 * @note From the ping to the pong with the same payload. Not recorded where the answer cannot be told from another one:
 * empty payloads, payloads that are in flight twice, and pongs that come after their ping was given up.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_HEARTBEAT_DURATION = "websocket.server.heartbeat.duration";

/**
 * Bytes that wait to be sent on all open WebSocket server connections.
 *
 * @note The sum of `bufferedAmount` over open connections, see the
 * [WebSocket standard](https://websockets.spec.whatwg.org/#dom-websocket-bufferedamount). Read once at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_BUFFERED_AMOUNT = "websocket.server.buffered_amount";

/**
 * Bytes that wait to be sent, by WebSocket server connection.
 *
 * @note One measurement for each open connection at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CONNECTION_BUFFERED_AMOUNT = "websocket.server.connection.buffered_amount";

/**
 * The largest number of bytes that wait on one open WebSocket server connection.
 *
 * @note Read once at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CONNECTION_MAX_BUFFERED_AMOUNT = "websocket.server.connection.max_buffered_amount";

/**
 * Number of open WebSocket server connections whose peer reads too slowly.
 *
 * @note A connection is a slow consumer while more bytes than a threshold wait to be sent for longer than a duration.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_SLOW_CONSUMERS = "websocket.server.slow_consumers";

/**
 * Number of open WebSocket server connections by age.
 *
 * @note Read once at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_AGE = "websocket.server.connections.by_age";

/**
 * Age of the oldest open WebSocket server connection.
 *
 * @note Read once at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CONNECTION_AGE_MAX = "websocket.server.connection.age.max";

/**
 * Quality of WebSocket server connections, 0 to 100.
 *
 * @note From heartbeats that were answered, their round trip, and reconnections. One measurement for each open connection at
 * each collection and one at its end; connections without heartbeats have none.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CONNECTION_QUALITY = "websocket.server.connection.quality";

/**
 * Number of open WebSocket server connections by grade of quality.
 *
 * @note Read once at each collection. Connections without heartbeats are in no grade.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CONNECTIONS_BY_QUALITY = "websocket.server.connections.by_quality";

/**
 * Time that the application's message listeners take on the WebSocket server.
 *
 * @note The time that listeners need before they return; what they start asynchronously is not in it.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_MESSAGE_PROCESSING_DURATION = "websocket.server.message.processing.duration";

/**
 * Time from sending a WebSocket server message until the transport has taken it.
 *
 * @note From `send()` to its callback. What waits in a queue of this process is in it, what waits in the network is not.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_SEND_DURATION = "websocket.server.send.duration";

/**
 * Time until the WebSocket server got the acknowledgement that it expected.
 *
 * @note Delivery confirmation by the application. Where no acknowledgement came in time, `error.type` says so and the value is
 * the time waited.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_ACK_DURATION = "websocket.server.ack.duration";

/**
 * End-to-end latency of WebSocket server messages.
 *
 * @note As the application measured it, from a timestamp of its own.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_MESSAGE_LATENCY = "websocket.server.message.latency";

/**
 * Number of WebSocket server reconnections.
 *
 * @note A client that was connected before connects again, and has no other connection open. Which client it is, the
 * application says; its identity is on no metric.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_RECONNECTIONS = "websocket.server.reconnections";

/**
 * Time from the end of a connection to the reconnection on the WebSocket server.
 *
 * @note From the end of the connection before to the end of the next opening handshake. Not recorded where that end is not
 * known, since the server instance that held the connection died.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_RECONNECTION_DELAY = "websocket.server.reconnection.delay";

/**
 * Number of times that WebSocket was given up for another transport on the server.
 *
 * @note Reported by the application, or by itself for the libraries that fall back on their own.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_FALLBACKS = "websocket.server.fallbacks";

/**
 * Number of WebSocket connections that the server is configured to hold.
 *
 * @note Only where the application gives its capacity.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT = "websocket.server.connection.limit";

/**
 * Share of the configured number of WebSocket connections that is in use.
 *
 * @note Open connections divided by the limit; above 1 where more are open than configured.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_CONNECTION_UTILIZATION = "websocket.server.connection.utilization";

/**
 * Number of clients that reconnect to the WebSocket server too often.
 *
 * @note Clients with at least a threshold of reconnections within a sliding window. Of clients that several server
 * instances share, each instance reports those that came to it last, so that the sum is their number.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_SERVER_FREQUENT_RECONNECTORS = "websocket.server.frequent_reconnectors";

/**
 * Number of WebSocket client heartbeats that were answered or missed.
 *
 * @note A protocol heartbeat is a ping and the pong with its payload ([RFC 6455 section 5.5.2](https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2)),
 * whoever sent the ping; an application heartbeat is a message of the application and its acknowledgement.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_HEARTBEATS = "websocket.client.heartbeats";

/**
 * Round trip of WebSocket client heartbeats.
 *
 * @note From the ping to the pong with the same payload. Not recorded where the answer cannot be told from another one:
 * empty payloads, payloads that are in flight twice, and pongs that come after their ping was given up.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_HEARTBEAT_DURATION = "websocket.client.heartbeat.duration";

/**
 * Bytes that wait to be sent on all open WebSocket client connections.
 *
 * @note The sum of `bufferedAmount` over open connections, see the
 * [WebSocket standard](https://websockets.spec.whatwg.org/#dom-websocket-bufferedamount). Read once at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_BUFFERED_AMOUNT = "websocket.client.buffered_amount";

/**
 * Bytes that wait to be sent, by WebSocket client connection.
 *
 * @note One measurement for each open connection at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_CONNECTION_BUFFERED_AMOUNT = "websocket.client.connection.buffered_amount";

/**
 * The largest number of bytes that wait on one open WebSocket client connection.
 *
 * @note Read once at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_CONNECTION_MAX_BUFFERED_AMOUNT = "websocket.client.connection.max_buffered_amount";

/**
 * Number of open WebSocket client connections whose peer reads too slowly.
 *
 * @note A connection is a slow consumer while more bytes than a threshold wait to be sent for longer than a duration.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_SLOW_CONSUMERS = "websocket.client.slow_consumers";

/**
 * Number of open WebSocket client connections by age.
 *
 * @note Read once at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_CONNECTIONS_BY_AGE = "websocket.client.connections.by_age";

/**
 * Age of the oldest open WebSocket client connection.
 *
 * @note Read once at each collection.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_CONNECTION_AGE_MAX = "websocket.client.connection.age.max";

/**
 * Quality of WebSocket client connections, 0 to 100.
 *
 * @note From heartbeats that were answered, their round trip, and reconnections. One measurement for each open connection at
 * each collection and one at its end; connections without heartbeats have none.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_CONNECTION_QUALITY = "websocket.client.connection.quality";

/**
 * Number of open WebSocket client connections by grade of quality.
 *
 * @note Read once at each collection. Connections without heartbeats are in no grade.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_CONNECTIONS_BY_QUALITY = "websocket.client.connections.by_quality";

/**
 * Time that the application's message listeners take on the WebSocket client.
 *
 * @note The time that listeners need before they return; what they start asynchronously is not in it.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_MESSAGE_PROCESSING_DURATION = "websocket.client.message.processing.duration";

/**
 * Time from sending a WebSocket client message until the transport has taken it.
 *
 * @note From `send()` to its callback. What waits in a queue of this process is in it, what waits in the network is not.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_SEND_DURATION = "websocket.client.send.duration";

/**
 * Time until the WebSocket client got the acknowledgement that it expected.
 *
 * @note Delivery confirmation by the application. Where no acknowledgement came in time, `error.type` says so and the value is
 * the time waited.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_ACK_DURATION = "websocket.client.ack.duration";

/**
 * End-to-end latency of WebSocket client messages.
 *
 * @note As the application measured it, from a timestamp of its own.
 *
 * Bounded attributes that the application adds for a connection stand beside these. Past the limit on attribute
 * sets all further connections share one series that has `otel.metric.overflow` set to `true`.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_MESSAGE_LATENCY = "websocket.client.message.latency";

/**
 * Number of attempts of a WebSocket client to connect again.
 *
 * @note An attempt of a logical connection that was open before, or whose attempt before failed.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_RECONNECTIONS = "websocket.client.reconnections";

/**
 * Time from the end of a connection to the reconnection on the WebSocket client.
 *
 * @note From the end of the connection before to the end of the next opening handshake that succeeds.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_RECONNECTION_DELAY = "websocket.client.reconnection.delay";

/**
 * Number of times that WebSocket was given up for another transport on the client.
 *
 * @note Reported by the application, or by itself for the libraries that fall back on their own.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_CLIENT_FALLBACKS = "websocket.client.fallbacks";

/**
 * Number of runs of synthetic checks.
 *
 * @note Counted when a run ends.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_PROBE_RUNS = "websocket.probe.runs";

/**
 * Duration of the phases of synthetic checks.
 *
 * @note One measurement for each phase that was completed; where redirects were followed, the phases of each. Buckets SHOULD reach from a millisecond to ten seconds.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_PROBE_DURATION = "websocket.probe.duration";

/**
 * Whether the last run of a synthetic check succeeded.
 *
 * @note `1` for the results `up` and `degraded`, `0` for `down`; a run that was stopped changes nothing. There is no value before the first run has ended.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_PROBE_UP = "websocket.probe.up";

/**
 * Time until the certificate of the server expires, as a synthetic check saw it.
 *
 * @note Of the first certificate of the chain to expire, as it was at the last run that saw one, whether or not it was accepted. Negative where it has expired.
 *
 * @experimental This metric is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const METRIC_WEBSOCKET_PROBE_TLS_EXPIRY = "websocket.probe.tls.expiry";

/**
 * The peer of a connection reads too slowly.
 *
 * @note Emitted once when the connection becomes a slow consumer and once when it is none any more, in the context of its span. One that ends while it is slow gives no second event.
 *
 * @experimental This event is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const EVENT_WEBSOCKET_CONNECTION_SLOW_CONSUMER = "websocket.connection.slow_consumer";

/**
 * A heartbeat of a connection was not answered in time.
 *
 * @note Emitted for each one, in the context of the connection's span.
 *
 * @experimental This event is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const EVENT_WEBSOCKET_CONNECTION_HEARTBEAT_MISSED = "websocket.connection.heartbeat_missed";

/**
 * A server has crossed the mark at which its configured capacity is nearly used.
 *
 * @note Emitted when the mark is crossed, upwards and downwards. It ends well below the mark, so that single connections do not begin and end it.
 *
 * @experimental This event is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.
 */
export const EVENT_WEBSOCKET_CONNECTION_CAPACITY = "websocket.connection.capacity";

/**
 * What an instrument is created with, by the metric's name.
 */
export const METRIC_DEFINITIONS = {
  "websocket.server.handshake.duration": {
    name: "websocket.server.handshake.duration",
    unit: "s",
    description: "Duration of WebSocket server handshakes.",
    instrument: "histogram",
  },
  "websocket.client.handshake.duration": {
    name: "websocket.client.handshake.duration",
    unit: "s",
    description: "Duration of WebSocket client handshakes.",
    instrument: "histogram",
  },
  "websocket.server.active_connections": {
    name: "websocket.server.active_connections",
    unit: "{connection}",
    description: "Number of open WebSocket server connections.",
    instrument: "updowncounter",
  },
  "websocket.client.active_connections": {
    name: "websocket.client.active_connections",
    unit: "{connection}",
    description: "Number of open WebSocket client connections.",
    instrument: "updowncounter",
  },
  "websocket.server.connection.duration": {
    name: "websocket.server.connection.duration",
    unit: "s",
    description: "Duration of WebSocket server connections.",
    instrument: "histogram",
  },
  "websocket.client.connection.duration": {
    name: "websocket.client.connection.duration",
    unit: "s",
    description: "Duration of WebSocket client connections.",
    instrument: "histogram",
  },
  "websocket.server.closed_connections": {
    name: "websocket.server.closed_connections",
    unit: "{connection}",
    description: "Number of WebSocket server connections that have ended.",
    instrument: "counter",
  },
  "websocket.client.closed_connections": {
    name: "websocket.client.closed_connections",
    unit: "{connection}",
    description: "Number of WebSocket client connections that have ended.",
    instrument: "counter",
  },
  "websocket.server.messages": {
    name: "websocket.server.messages",
    unit: "{message}",
    description: "Number of WebSocket server messages, sent and received.",
    instrument: "counter",
  },
  "websocket.client.messages": {
    name: "websocket.client.messages",
    unit: "{message}",
    description: "Number of WebSocket client messages, sent and received.",
    instrument: "counter",
  },
  "websocket.server.message.io": {
    name: "websocket.server.message.io",
    unit: "By",
    description: "Payload bytes of WebSocket server messages, sent and received.",
    instrument: "counter",
  },
  "websocket.client.message.io": {
    name: "websocket.client.message.io",
    unit: "By",
    description: "Payload bytes of WebSocket client messages, sent and received.",
    instrument: "counter",
  },
  "websocket.server.network.io": {
    name: "websocket.server.network.io",
    unit: "By",
    description: "Bytes on the wire of WebSocket server connections, sent and received.",
    instrument: "counter",
  },
  "websocket.client.network.io": {
    name: "websocket.client.network.io",
    unit: "By",
    description: "Bytes on the wire of WebSocket client connections, sent and received.",
    instrument: "counter",
  },
  "websocket.server.message.size": {
    name: "websocket.server.message.size",
    unit: "By",
    description: "Payload size of WebSocket server messages, sent and received.",
    instrument: "histogram",
  },
  "websocket.client.message.size": {
    name: "websocket.client.message.size",
    unit: "By",
    description: "Payload size of WebSocket client messages, sent and received.",
    instrument: "histogram",
  },
  "websocket.server.heartbeats": {
    name: "websocket.server.heartbeats",
    unit: "{heartbeat}",
    description: "Number of WebSocket server heartbeats that were answered or missed.",
    instrument: "counter",
  },
  "websocket.server.heartbeat.duration": {
    name: "websocket.server.heartbeat.duration",
    unit: "s",
    description: "Round trip of WebSocket server heartbeats.",
    instrument: "histogram",
  },
  "websocket.server.buffered_amount": {
    name: "websocket.server.buffered_amount",
    unit: "By",
    description: "Bytes that wait to be sent on all open WebSocket server connections.",
    instrument: "updowncounter",
  },
  "websocket.server.connection.buffered_amount": {
    name: "websocket.server.connection.buffered_amount",
    unit: "By",
    description: "Bytes that wait to be sent, by WebSocket server connection.",
    instrument: "histogram",
  },
  "websocket.server.connection.max_buffered_amount": {
    name: "websocket.server.connection.max_buffered_amount",
    unit: "By",
    description: "The largest number of bytes that wait on one open WebSocket server connection.",
    instrument: "gauge",
  },
  "websocket.server.slow_consumers": {
    name: "websocket.server.slow_consumers",
    unit: "{connection}",
    description: "Number of open WebSocket server connections whose peer reads too slowly.",
    instrument: "updowncounter",
  },
  "websocket.server.connections.by_age": {
    name: "websocket.server.connections.by_age",
    unit: "{connection}",
    description: "Number of open WebSocket server connections by age.",
    instrument: "updowncounter",
  },
  "websocket.server.connection.age.max": {
    name: "websocket.server.connection.age.max",
    unit: "s",
    description: "Age of the oldest open WebSocket server connection.",
    instrument: "gauge",
  },
  "websocket.server.connection.quality": {
    name: "websocket.server.connection.quality",
    unit: "1",
    description: "Quality of WebSocket server connections, 0 to 100.",
    instrument: "histogram",
  },
  "websocket.server.connections.by_quality": {
    name: "websocket.server.connections.by_quality",
    unit: "{connection}",
    description: "Number of open WebSocket server connections by grade of quality.",
    instrument: "updowncounter",
  },
  "websocket.server.message.processing.duration": {
    name: "websocket.server.message.processing.duration",
    unit: "s",
    description: "Time that the application's message listeners take on the WebSocket server.",
    instrument: "histogram",
  },
  "websocket.server.send.duration": {
    name: "websocket.server.send.duration",
    unit: "s",
    description: "Time from sending a WebSocket server message until the transport has taken it.",
    instrument: "histogram",
  },
  "websocket.server.ack.duration": {
    name: "websocket.server.ack.duration",
    unit: "s",
    description: "Time until the WebSocket server got the acknowledgement that it expected.",
    instrument: "histogram",
  },
  "websocket.server.message.latency": {
    name: "websocket.server.message.latency",
    unit: "s",
    description: "End-to-end latency of WebSocket server messages.",
    instrument: "histogram",
  },
  "websocket.server.reconnections": {
    name: "websocket.server.reconnections",
    unit: "{reconnection}",
    description: "Number of WebSocket server reconnections.",
    instrument: "counter",
  },
  "websocket.server.reconnection.delay": {
    name: "websocket.server.reconnection.delay",
    unit: "s",
    description: "Time from the end of a connection to the reconnection on the WebSocket server.",
    instrument: "histogram",
  },
  "websocket.server.fallbacks": {
    name: "websocket.server.fallbacks",
    unit: "{fallback}",
    description: "Number of times that WebSocket was given up for another transport on the server.",
    instrument: "counter",
  },
  "websocket.server.connection.limit": {
    name: "websocket.server.connection.limit",
    unit: "{connection}",
    description: "Number of WebSocket connections that the server is configured to hold.",
    instrument: "updowncounter",
  },
  "websocket.server.connection.utilization": {
    name: "websocket.server.connection.utilization",
    unit: "1",
    description: "Share of the configured number of WebSocket connections that is in use.",
    instrument: "gauge",
  },
  "websocket.server.frequent_reconnectors": {
    name: "websocket.server.frequent_reconnectors",
    unit: "{client}",
    description: "Number of clients that reconnect to the WebSocket server too often.",
    instrument: "updowncounter",
  },
  "websocket.client.heartbeats": {
    name: "websocket.client.heartbeats",
    unit: "{heartbeat}",
    description: "Number of WebSocket client heartbeats that were answered or missed.",
    instrument: "counter",
  },
  "websocket.client.heartbeat.duration": {
    name: "websocket.client.heartbeat.duration",
    unit: "s",
    description: "Round trip of WebSocket client heartbeats.",
    instrument: "histogram",
  },
  "websocket.client.buffered_amount": {
    name: "websocket.client.buffered_amount",
    unit: "By",
    description: "Bytes that wait to be sent on all open WebSocket client connections.",
    instrument: "updowncounter",
  },
  "websocket.client.connection.buffered_amount": {
    name: "websocket.client.connection.buffered_amount",
    unit: "By",
    description: "Bytes that wait to be sent, by WebSocket client connection.",
    instrument: "histogram",
  },
  "websocket.client.connection.max_buffered_amount": {
    name: "websocket.client.connection.max_buffered_amount",
    unit: "By",
    description: "The largest number of bytes that wait on one open WebSocket client connection.",
    instrument: "gauge",
  },
  "websocket.client.slow_consumers": {
    name: "websocket.client.slow_consumers",
    unit: "{connection}",
    description: "Number of open WebSocket client connections whose peer reads too slowly.",
    instrument: "updowncounter",
  },
  "websocket.client.connections.by_age": {
    name: "websocket.client.connections.by_age",
    unit: "{connection}",
    description: "Number of open WebSocket client connections by age.",
    instrument: "updowncounter",
  },
  "websocket.client.connection.age.max": {
    name: "websocket.client.connection.age.max",
    unit: "s",
    description: "Age of the oldest open WebSocket client connection.",
    instrument: "gauge",
  },
  "websocket.client.connection.quality": {
    name: "websocket.client.connection.quality",
    unit: "1",
    description: "Quality of WebSocket client connections, 0 to 100.",
    instrument: "histogram",
  },
  "websocket.client.connections.by_quality": {
    name: "websocket.client.connections.by_quality",
    unit: "{connection}",
    description: "Number of open WebSocket client connections by grade of quality.",
    instrument: "updowncounter",
  },
  "websocket.client.message.processing.duration": {
    name: "websocket.client.message.processing.duration",
    unit: "s",
    description: "Time that the application's message listeners take on the WebSocket client.",
    instrument: "histogram",
  },
  "websocket.client.send.duration": {
    name: "websocket.client.send.duration",
    unit: "s",
    description: "Time from sending a WebSocket client message until the transport has taken it.",
    instrument: "histogram",
  },
  "websocket.client.ack.duration": {
    name: "websocket.client.ack.duration",
    unit: "s",
    description: "Time until the WebSocket client got the acknowledgement that it expected.",
    instrument: "histogram",
  },
  "websocket.client.message.latency": {
    name: "websocket.client.message.latency",
    unit: "s",
    description: "End-to-end latency of WebSocket client messages.",
    instrument: "histogram",
  },
  "websocket.client.reconnections": {
    name: "websocket.client.reconnections",
    unit: "{reconnection}",
    description: "Number of attempts of a WebSocket client to connect again.",
    instrument: "counter",
  },
  "websocket.client.reconnection.delay": {
    name: "websocket.client.reconnection.delay",
    unit: "s",
    description: "Time from the end of a connection to the reconnection on the WebSocket client.",
    instrument: "histogram",
  },
  "websocket.client.fallbacks": {
    name: "websocket.client.fallbacks",
    unit: "{fallback}",
    description: "Number of times that WebSocket was given up for another transport on the client.",
    instrument: "counter",
  },
  "websocket.probe.runs": {
    name: "websocket.probe.runs",
    unit: "{run}",
    description: "Number of runs of synthetic checks.",
    instrument: "counter",
  },
  "websocket.probe.duration": {
    name: "websocket.probe.duration",
    unit: "s",
    description: "Duration of the phases of synthetic checks.",
    instrument: "histogram",
  },
  "websocket.probe.up": {
    name: "websocket.probe.up",
    unit: "1",
    description: "Whether the last run of a synthetic check succeeded.",
    instrument: "gauge",
  },
  "websocket.probe.tls.expiry": {
    name: "websocket.probe.tls.expiry",
    unit: "s",
    description: "Time until the certificate of the server expires, as a synthetic check saw it.",
    instrument: "gauge",
  },
} as const;
