import { detached } from "./detached.ts";

/** The runtime's own timers, also where the application puts others in their place later. */
const { setInterval, clearInterval } = globalThis;

/** One timer for all connections of a ledger. Keeps no process alive. */
export class Ticker {
  readonly #tick: () => void;
  #seconds: number = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(tick: () => void) {
    this.#tick = tick;
  }

  /** Ticks at least every `seconds` from now on, until `stop`. */
  start(seconds: number): void {
    if (seconds >= this.#seconds) return;
    this.stop();
    this.#seconds = seconds;
    this.#timer = detached(() => setInterval(this.#tick, seconds * 1000));
    // A browser's timer is a number.
    if (typeof this.#timer === "object") this.#timer.unref();
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#seconds = Number.POSITIVE_INFINITY;
  }
}
