import { isMainThread } from "node:worker_threads";
import type { RunningSdk } from "./sdk.ts";
import { settle } from "./settle.ts";

/** For how long the process must have lived on before another drain of its event loop is waited for. */
const PAUSE = 1000;
/** For how long an endpoint that did not answer is taken for one that still does not, in milliseconds. */
const FORGET = 30_000;

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** What is to be done before the process ends. */
export interface LastSteps extends RunningSdk {
  /** Reports the connections that are open as closed by the end of the process; never rejects. */
  readonly close: () => Promise<void>;
}

/**
 * Sends what there is when the process is about to end: when the event loop is empty, and on SIGTERM and SIGINT.
 * A signal has the effect that it would have had. Worker threads, which get no signals, only watch their event loop.
 */
export function sendAtExit(steps: LastSteps): void {
  const ending = new Ending(steps);
  ending.watchEventLoop();
  if (isMainThread) ending.watchSignals();
}

class Ending {
  readonly #steps: LastSteps;
  /** When an attempt to send took too long, on the clock of `performance`. */
  #gaveUpAt = Number.NEGATIVE_INFINITY;

  constructor(steps: LastSteps) {
    this.#steps = steps;
  }

  watchSignals(): void {
    // First in line, so that the handlers that an application adds with `once` can still be counted.
    for (const signal of SIGNALS) process.prependListener(signal, this.#onSignal);
  }

  watchEventLoop(): void {
    process.once("beforeExit", this.#onEmptyLoop);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    // Gone before the application's handlers run, which may look at what else listens; with none there, the next
    // signal ends the process at once.
    for (const each of SIGNALS) process.removeListener(each, this.#onSignal);
    // Process 1 of a container survives a signal that it does not handle.
    if (process.listenerCount(signal) > 0 || process.pid === 1) {
      void this.#settle(this.#steps.flush()).then(() => this.watchSignals());
      return;
    }
    const steps = this.#steps;
    void this.#settle(steps.close().then(() => steps.end())).then(() => process.kill(process.pid, signal));
  };

  readonly #onEmptyLoop = (): void => {
    // It is not worth a second wait when the one on the signal was in vain.
    if (performance.now() - this.#gaveUpAt < FORGET) return;
    const othersWait = process.listenerCount("beforeExit") > 0;
    void this.#settle(this.#steps.flush()).then((inTime) => {
      // Nothing but our own request keeps the process alive.
      if (!inTime && !othersWait) process.exit();
      return setTimeout(() => this.watchEventLoop(), PAUSE).unref();
    });
  };

  /** Waits for the work, but not for ever; resolves with whether it was done in time. */
  async #settle(work: Promise<void>): Promise<boolean> {
    const inTime = await settle(work);
    if (!inTime) this.#gaveUpAt = performance.now();
    return inTime;
  }
}
