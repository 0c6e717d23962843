import { fileURLToPath } from "node:url";
import { start } from "../support/process.ts";
import type { Running } from "../support/process.ts";

export const HTTP_SCOPE = "@opentelemetry/instrumentation-http";
export const OUR_SCOPE = "opentelemetry-websocket";

export interface ReportedSpan {
  readonly name: string;
  readonly scope: string;
  /** OpenTelemetry's SpanKind: 0 internal, 1 server, 2 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What an application of `apps/` has recorded. */
export interface Report {
  /** In the order in which they ended. */
  readonly spans: readonly ReportedSpan[];
  /** Started, and not ended. */
  readonly open: readonly ReportedSpan[];
  /** How often each metric was recorded, or its sum. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Errors that `diag` was told of. */
  readonly errors: readonly string[];
  /** Of each upgrade request, as it arrived. */
  readonly traceparents?: readonly (string | null)[];
  readonly [more: string]: unknown;
}

/** Starts an application of `apps/`: instrumentations patch a process for good, so each has one of its own. */
export function startApp(file: string, env: Readonly<Record<string, string>>): Running {
  return start(
    process.execPath,
    ["--no-deprecation", fileURLToPath(new URL(`apps/${file}`, import.meta.url))],
    process.cwd(),
    env,
  );
}

/** What it reports. */
export async function reportOf(app: Running): Promise<Report> {
  const [, json = ""] = await app.line(/^report (.*)$/);
  return JSON.parse(json) as Report;
}

/** Spans of a scope and, where given, of a kind. */
export function spansOf(report: Report, scope: string, kind?: number): ReportedSpan[] {
  return report.spans.filter((span) => span.scope === scope && (kind === undefined || span.kind === kind));
}
