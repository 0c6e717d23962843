import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_SCHEME,
  ATTR_WEBSOCKET_CLIENT_PLATFORM,
  ERROR_TYPE_VALUE_OTHER,
} from "../semconv.ts";
import { reportOnce } from "./contain.ts";

/** Stands for a value that may not appear on a metric, as upstream's `error.type` and HTTP conventions do it. */
export const OTHER: string = ERROR_TYPE_VALUE_OTHER;

const MAX_USER_ATTRIBUTES = 16;
const MAX_VALUE_LENGTH = 128;
const MAX_ERROR_TYPES = 100;

/** What runtimes and `ws` use as error codes: `ECONNRESET`, `WS_ERR_INVALID_UTF8`, `CERT_HAS_EXPIRED`. */
const ERROR_CODE = /^[A-Z][A-Z0-9_]{2,63}$/;

const errorTypes = new Set<string>();

/**
 * `error.type` of an error: its code, else its class name, else `_OTHER`. Never its message, which may hold
 * anything. At most 100 distinct values in the life of the process.
 */
export function errorType(error: unknown): string {
  return bounded(rawErrorType(error));
}

/** The same of what the application gives for a reason: an error, or a short code such as `timeout`. */
export function errorCode(reason: unknown): string {
  const isCode = typeof reason === "string" && (ERROR_CODE.test(reason) || /^[a-z][a-z0-9_]{2,31}$/.test(reason));
  return isCode ? bounded(reason) : errorType(reason);
}

function bounded(value: string): string {
  if (errorTypes.has(value)) return value;
  if (errorTypes.size >= MAX_ERROR_TYPES) return OTHER;
  errorTypes.add(value);
  return value;
}

function rawErrorType(error: unknown): string {
  if (typeof error !== "object" || error === null) return OTHER;
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (typeof code === "string" && ERROR_CODE.test(code)) return code;
  if (typeof name === "string" && /^[A-Z][A-Za-z0-9]{2,63}$/.test(name)) return name;
  return OTHER;
}

/**
 * Subprotocols of the IANA "WebSocket Subprotocol Name" registry and of the libraries in common use. A server
 * that does not choose takes the first one a client offers, so any other value has to be allowed by the user.
 */
const KNOWN_SUBPROTOCOLS: ReadonlySet<string> = new Set([
  "graphql-transport-ws",
  "graphql-ws",
  "mqtt",
  "mqttv3.1",
  "wamp",
  "wamp.2.json",
  "wamp.2.msgpack",
  "v10.stomp",
  "v11.stomp",
  "v12.stomp",
  "soap",
  "sip",
  "xmpp",
  "msrp",
  "bfcp",
  "ocpp1.2",
  "ocpp1.5",
  "ocpp1.6",
  "ocpp2.0",
  "ocpp2.0.1",
  "ocpp2.1",
  "jsonrpc",
  "json.webpubsub.azure.v1",
  "protobuf.webpubsub.azure.v1",
  "amqp",
  "xmlrpc",
  "vite-hmr",
]);

/** The subprotocol as it may stand on a metric; `undefined` where none was negotiated. */
export function boundedSubprotocol(value: string, allowed: ReadonlySet<string>): string | undefined {
  if (value === "") return undefined;
  return allowed.has(value) || KNOWN_SUBPROTOCOLS.has(value) ? value : OTHER;
}

/** Upstream's attributes that we set ourselves. */
const OURS: ReadonlySet<string> = new Set([
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_SCHEME,
]);

/** Whether a name belongs to the conventions or to the SDK; the client's platform is the application's to tell. */
function isReserved(name: string): boolean {
  if (name === ATTR_WEBSOCKET_CLIENT_PLATFORM) return false;
  return OURS.has(name) || name.startsWith("websocket.") || name.startsWith("otel.");
}

/**
 * What a `metricAttributes` hook returned, checked: primitives only, at most 16 attributes, text cut at 128
 * characters, and no name that is reserved. What does not fit is left out and reported once.
 */
export function boundedAttributes(value: unknown): Attributes | undefined {
  if (value == null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    reportOnce("metricAttributes", `expected an object of attributes, got ${describe(value)}`);
    return undefined;
  }
  const result: Attributes = {};
  let count = 0;
  for (const key of Object.keys(value).sort()) {
    const entry = (value as Record<string, unknown>)[key];
    if (entry === undefined || entry === null) continue;
    if (isReserved(key)) {
      reportOnce(`metricAttributes.${key}`, "the name belongs to the WebSocket conventions; choose another one");
    } else if (count === MAX_USER_ATTRIBUTES) {
      reportOnce("metricAttributes", `expected at most ${MAX_USER_ATTRIBUTES} attributes; the others are left out`);
      break;
    } else if (typeof entry === "string") {
      result[key] = entry.slice(0, MAX_VALUE_LENGTH);
      count += 1;
    } else if (typeof entry === "boolean" || (typeof entry === "number" && Number.isFinite(entry))) {
      result[key] = entry;
      count += 1;
    } else {
      reportOnce("metricAttributes", `expected a string, number or boolean as a value, got ${describe(entry)}`);
    }
  }
  return count > 0 ? result : undefined;
}

/** A short, safe description of a value for error messages. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "undefined") return String(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  return `a ${typeof value}`;
}
