import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ResourceLogs, ResourceMetrics, ResourceSpans } from "../../src/viewer/otlp.ts";
import { assertConforms } from "./conform.ts";
import type { ConformOptions } from "./conform.ts";
import { summary } from "./query.ts";
import type { Command, Mode, Report } from "./receiver-process.ts";

/** Everything that a receiver has taken in, in order of arrival. */
export interface Collected {
  readonly resourceSpans: ResourceSpans[];
  readonly resourceMetrics: ResourceMetrics[];
  readonly resourceLogs: ResourceLogs[];
  /** The export requests seen, also those that were not accepted. */
  readonly requests: { path: string; mode: Mode }[];
}

/** What a predicate gives once it is satisfied. */
export type Truthy<T> = Exclude<T, false | 0 | "" | null | undefined>;

/** An OTLP receiver in another process. */
export interface ReceiverProcess {
  /** The value for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly telemetry: Collected;
  /**
   * Resolves with the first truthy result of the predicate, which is tried now and whenever something arrives.
   * An exception in the predicate counts as "not yet", so that assertions can be written in it.
   *
   * @throws where nothing truthy came within `timeout` milliseconds (10,000 unless given), with what had arrived
   */
  waitFor<T>(predicate: (telemetry: Collected) => T, options?: { timeout?: number }): Promise<Truthy<T>>;
  /** From the moment the promise resolves on, requests are treated like this. Hanging ones hang until `stop()`. */
  behave(mode: Mode): Promise<void>;
  /** Ends the process. @throws Error where anything that arrived deviates from the registry */
  stop(): Promise<void>;
}

/** Starts an OTLP receiver in another process, on a free loopback port. */
export async function startReceiverProcess(conform: ConformOptions = {}): Promise<ReceiverProcess> {
  const script = fileURLToPath(new URL("receiver-process.ts", import.meta.url));
  // Without the options of this process: the test runner's own would be inherited.
  const child = fork(script, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const exited = once(child, "exit");
  const telemetry: Collected = { resourceSpans: [], resourceMetrics: [], resourceLogs: [], requests: [] };
  const waiting = new Set<() => void>();
  const behaving: (() => void)[] = [];

  child.on("message", (report: Report) => {
    if (report.kind === "behaving") behaving.shift()?.();
    if (report.kind === "request") telemetry.requests.push({ path: report.path, mode: report.mode });
    if (report.kind === "telemetry") {
      telemetry.resourceSpans.push(...(report.telemetry.resourceSpans ?? []));
      telemetry.resourceMetrics.push(...(report.telemetry.resourceMetrics ?? []));
      telemetry.resourceLogs.push(...(report.telemetry.resourceLogs ?? []));
    }
    for (const tryAgain of waiting) tryAgain();
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.on("message", (report: Report) => report.kind === "listening" && resolve(report.url));
    child.once("exit", (code) => reject(new Error(`the receiver's process ended with ${code}`)));
  });

  return {
    url,
    telemetry,
    waitFor: (predicate, { timeout = 10_000 } = {}) =>
      new Promise((resolve, reject) => {
        const waitingFrom = performance.now();
        let lastError: unknown;
        const attempt = (): void => {
          try {
            const result = predicate(telemetry);
            if (!result) return;
            finish();
            resolve(result as Truthy<typeof result>);
          } catch (error) {
            lastError = error;
          }
        };
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(attempt);
        };
        const timer = setTimeout(() => {
          finish();
          const waited = Math.round(performance.now() - waitingFrom);
          reject(new Error(`not seen within ${waited} ms; arrived:\n${summary(telemetry)}`, { cause: lastError }));
        }, timeout);
        waiting.add(attempt);
        attempt();
      }),
    behave: (mode) =>
      new Promise((resolve) => {
        behaving.push(resolve);
        child.send({ behave: mode } satisfies Command);
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
      assertConforms(telemetry, conform);
    },
  };
}
