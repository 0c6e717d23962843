import * as api from "@opentelemetry/api";
import type { Attributes, Context } from "@opentelemetry/api";
import { SCOPE_NAME, SCOPE_VERSION } from "./scope.ts";

/** The part of the logs API that we use. It is in `@opentelemetry/api` from 1.10 on. */
interface LogsApi {
  getLogger(name: string, version?: string): { emit(record: object): void };
}

const WARN = 13;

/**
 * Emits a log event in `context`. With an older API, that has no logs, nothing is emitted: the metrics say the same.
 */
export function emitEvent(eventName: string, attributes: Attributes, context: Context): void {
  const { logs } = api as unknown as { logs?: LogsApi };
  logs?.getLogger(SCOPE_NAME, SCOPE_VERSION).emit({ eventName, attributes, context, severityNumber: WARN });
}
