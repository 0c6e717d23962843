import * as api from "@opentelemetry/api";
import type { Attributes, Context } from "@opentelemetry/api";
import { ATTR_WEBSOCKET_CONDITION, WEBSOCKET_CONDITION_VALUE_ENDED } from "../semconv.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "./scope.ts";

/** The part of the logs API that we use. It is in `@opentelemetry/api` from 1.10 on. */
interface LogsApi {
  getLogger(name: string, version?: string): { emit(record: object): void };
}

/** Numbers of the logs data model. */
const INFO = 9;
const WARN = 13;

/**
 * Emits a log event in `context`. With an older API, that has no logs, nothing is emitted: the metrics say the same.
 */
export function emitEvent(eventName: string, attributes: Attributes, context: Context): void {
  const { logs } = api as unknown as { logs?: LogsApi };
  const severityNumber = attributes[ATTR_WEBSOCKET_CONDITION] === WEBSOCKET_CONDITION_VALUE_ENDED ? INFO : WARN;
  logs?.getLogger(SCOPE_NAME, SCOPE_VERSION).emit({ eventName, attributes, context, severityNumber });
}
