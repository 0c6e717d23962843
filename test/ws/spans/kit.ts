import { ROOT_CONTEXT, context, trace } from "@opentelemetry/api";
import type { Context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterAll, beforeAll } from "vitest";
import type { Telemetry } from "../../../src/viewer/otlp.ts";
import type { FoundSpan } from "../../support/query.ts";
import { attrs, spans } from "../../support/query.ts";
import type { TestSdk } from "../../support/sdk.ts";

/** Contexts in the test's process, as an application with an SDK has them. */
export function useContexts(): void {
  beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());
}

/** Does a piece of the application's work, which has a span. */
export function work(sdk: TestSdk, name: string, active: Context = context.active()): void {
  sdk.tracerProvider.getTracer("app").startSpan(name, {}, active).end();
}

/** Runs something within a span of the application's own. */
export function inSpan<T>(sdk: TestSdk, name: string, run: () => T): T {
  const span = sdk.tracerProvider.getTracer("app").startSpan(name, {}, ROOT_CONTEXT);
  try {
    return context.with(trace.setSpan(ROOT_CONTEXT, span), run);
  } finally {
    span.end();
  }
}

/** Finished spans of messages, in the order of their beginnings. */
export function messageSpans(telemetry: Telemetry, verb: "receive" | "send"): FoundSpan[] {
  const found = spans(telemetry, ({ name }) => name === verb || name.startsWith(`${verb} `));
  return found.toSorted((one, other) => Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)));
}

/** The span that is the parent of an application's. */
export function parentOf(telemetry: Telemetry, name: string): FoundSpan | undefined {
  const [child] = spans(telemetry, { name });
  return spans(telemetry).find(({ spanId }) => spanId === child?.parentSpanId);
}

/** The connection's span of one end. */
export function connectionSpan(telemetry: Telemetry, role: "server" | "client"): FoundSpan {
  const kind = role === "server" ? 2 : 3;
  return spans(telemetry, (span) => span.kind === kind && span.name.startsWith("websocket"))[0]!;
}

export { attrs };
