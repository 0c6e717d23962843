/** The end of a process that has open connections. */
import * as api from "@opentelemetry/api";
import { trace } from "@opentelemetry/api";
import type { TracerProvider } from "@opentelemetry/api";
import { reportOnce } from "./core/contain.ts";
import type { Observer } from "./core/observer.ts";
import { optionalFunction, positive } from "./core/validate.ts";
import { within } from "./within.ts";

/** Options of `shutdown`. */
export interface ShutdownOptions {
  /**
   * Milliseconds that it may take at most. What has not been sent by then is lost.
   * @default 5000
   */
  timeout?: number | undefined;
  /**
   * Sends the spans and log records that have been made so far.
   * @default `forceFlush()` of the tracer provider and of the registered logger provider
   */
  flush?: (() => Promise<unknown>) | undefined;
}

/**
 * Connections that are ended before what came of them is sent: processors of OpenTelemetry's SDK hold 2048 spans and
 * log records by default, and drop what is more.
 */
const BATCH = 500;
const TIMEOUT = 5000;

/**
 * Reports all open connections of an observer as closed by the end of the process, and sends that. Never rejects for
 * what fails there.
 * @throws TypeError for an option that is wrong
 */
export async function shutDown(
  observer: Observer,
  tracerProvider: TracerProvider | undefined,
  options: ShutdownOptions,
): Promise<void> {
  const limit = positive("timeout", options.timeout, "milliseconds", TIMEOUT);
  const flush = optionalFunction("flush", options.flush, "") ?? (() => flushProviders(tracerProvider));
  if (await within(limit, endConnections(observer, flush))) return;
  reportOnce("shutdown", `not everything was sent within ${limit} ms`);
}

async function endConnections(observer: Observer, flush: () => Promise<unknown>): Promise<void> {
  while (observer.shutDown(BATCH) > 0) {
    try {
      await flush();
    } catch (error) {
      // The next ones are counted all the same.
      reportOnce("shutdown", error);
    }
  }
}

async function flushProviders(tracerProvider: TracerProvider | undefined): Promise<void> {
  const { logs } = api as Partial<typeof api>;
  const providers = [tracerProvider ?? trace.getTracerProvider(), logs?.getLoggerProvider()];
  await Promise.all(providers.map((provider) => forceFlush(provider)));
}

/** What of a provider of the SDK's is used; that of the API stands before it. */
interface Flushable {
  getDelegate?(): Flushable;
  forceFlush?(): Promise<unknown>;
}

async function forceFlush(provider: object | undefined): Promise<void> {
  const given: Flushable | undefined = provider;
  const actual = given?.getDelegate?.() ?? given;
  await actual?.forceFlush?.();
}
