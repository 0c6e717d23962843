import * as api from "@opentelemetry/api";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Attributes, Context, Tracer } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_WEBSOCKET_CONDITION,
  EVENT_WEBSOCKET_CONNECTION_CHECKPOINT,
  EVENT_WEBSOCKET_CONNECTION_CLOSED,
  EVENT_WEBSOCKET_CONNECTION_OPENED,
  WEBSOCKET_CONDITION_VALUE_ENDED,
} from "../semconv.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "./scope.ts";

/** The part of the logs API that we use. It is in `@opentelemetry/api` from 1.10 on. */
interface LogsApi {
  getLogger(name: string, version?: string): { emit(record: object): void };
}

/** Numbers of the logs data model. */
const INFO = 9;
const WARN = 13;

/** Emits an event in `context`. */
export type Emit = (eventName: string, attributes: Attributes, context: Context) => void;

/**
 * As a log record. With an older API, that has no logs, nothing is emitted: the metrics and spans say the same.
 */
export function emitLog(eventName: string, attributes: Attributes, context: Context): void {
  const { logs } = api as unknown as { logs?: LogsApi };
  const severityNumber = isNews(eventName, attributes) ? INFO : WARN;
  logs?.getLogger(SCOPE_NAME, SCOPE_VERSION).emit({ eventName, attributes, context, severityNumber });
}

/** As a span that begins and ends now, for backends that take spans only. */
export function emitSpan(tracer: Tracer): Emit {
  return (eventName, attributes, context) => {
    const span = tracer.startSpan(eventName, { kind: SpanKind.INTERNAL, attributes }, context);
    if (attributes[ATTR_ERROR_TYPE] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };
}

/** What is no reason to look closer. */
function isNews(eventName: string, attributes: Attributes): boolean {
  if (eventName === EVENT_WEBSOCKET_CONNECTION_OPENED || eventName === EVENT_WEBSOCKET_CONNECTION_CHECKPOINT)
    return true;
  const condition = attributes[ATTR_WEBSOCKET_CONDITION];
  if (condition !== undefined) return condition === WEBSOCKET_CONDITION_VALUE_ENDED;
  return eventName === EVENT_WEBSOCKET_CONNECTION_CLOSED && attributes[ATTR_ERROR_TYPE] === undefined;
}
