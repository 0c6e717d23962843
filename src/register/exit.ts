import { isMainThread } from "node:worker_threads";
import { diag } from "@opentelemetry/api";
import type { RunningSdk } from "./sdk.ts";

/** How long the end of the process waits for the last telemetry, in milliseconds. */
const LIMIT = 5000;
/** For how long the process must have lived on before another drain of its event loop is waited for. */
const PAUSE = 1000;

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** What is to be done before the process ends. */
export interface LastSteps extends RunningSdk {
  /** Lets go of the connections that are open, so that what is known of them gets sent. */
  release(): void;
}

/**
 * Sends what there is when the process is about to end: when the event loop is empty, and on SIGTERM and SIGINT.
 * A signal has the effect that it would have had. Worker threads, which get no signals, only watch their event loop.
 */
export function sendAtExit(steps: LastSteps): void {
  watchEventLoop(steps);
  if (isMainThread) watchSignals(steps);
}

function watchSignals(steps: LastSteps): void {
  const watch = (): void => {
    // First in line, so that the handlers that an application adds with `once` can still be counted.
    for (const signal of SIGNALS) process.prependListener(signal, handle);
  };
  const handle = (signal: NodeJS.Signals): void => {
    // Gone before the application's handlers run, which may look at what else listens; with none there, the next
    // signal ends the process at once.
    for (const each of SIGNALS) process.removeListener(each, handle);
    if (process.listenerCount(signal) > 0) {
      void settled(steps.flush()).then(watch);
      return;
    }
    steps.release();
    void settled(steps.end()).then(() => process.kill(process.pid, signal));
  };
  watch();
}

function watchEventLoop(steps: LastSteps): void {
  const handle = (): void => {
    const othersWait = process.listenerCount("beforeExit") > 0;
    void settled(steps.flush()).then((sent) => {
      // Nothing but our own request keeps the process alive.
      if (!sent && !othersWait) process.exit();
      return setTimeout(watch, PAUSE).unref();
    });
  };
  const watch = (): void => void process.once("beforeExit", handle);
  watch();
}

/** Whether it settled within the limit; if not, that is reported. */
async function settled(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, LIMIT, false);
  });
  const inTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  if (!inTime) {
    diag.error(
      `the last telemetry was not sent within ${LIMIT / 1000} s. Is OTEL_EXPORTER_OTLP_ENDPOINT right, and is something listening there?`,
    );
  }
  return inTime;
}
