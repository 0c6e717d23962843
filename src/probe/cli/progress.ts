import type { StabilityFacts } from "../types.ts";
import type { Terminal } from "./terminal.ts";
import { count, elapsed, time } from "./units.ts";

/** Milliseconds between two lines of progress where they stay. */
const lineInterval = 10_000;
/** Milliseconds between two updates of the line that is replaced. */
const statusInterval = 200;
/** What is over sooner needs no progress. */
const patience = 500;

/** Shows on stderr how far checks are. */
export class Progress {
  readonly #terminal: Terminal;
  /** What is told about each check whose connection is held. */
  readonly #held = new Map<string, string>();
  readonly #lastLine = new Map<string, number>();
  readonly #started = performance.now();
  readonly #expected: number | undefined;
  #done = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `runs` is how many are expected, where that is known. */
  constructor(terminal: Terminal, runs: number | undefined) {
    this.#terminal = terminal;
    this.#expected = runs;
    if (terminal.isWatched) this.#timer = setInterval(() => this.#show(), statusInterval).unref();
  }

  /** A connection is held, for `duration` seconds in all. */
  held(name: string, facts: StabilityFacts, duration: number): void {
    const told = `${name}: ${progressOf(facts, duration)}`;
    this.#held.set(name, told);
    if (this.#terminal.isWatched) return;
    const last = this.#lastLine.get(name) ?? this.#started;
    if (performance.now() - last < lineInterval) return;
    this.#lastLine.set(name, performance.now());
    this.#terminal.note([{ text: told }]);
  }

  /** A run has ended. */
  ended(name: string): void {
    this.#done += 1;
    this.#held.delete(name);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#terminal.status("");
  }

  #show(): void {
    const passed = performance.now() - this.#started;
    const [first] = this.#held.values();
    if (first !== undefined) {
      const more = this.#held.size > 1 ? `, and ${this.#held.size - 1} more` : "";
      this.#terminal.status(`${first}${more}`);
    } else if (this.#expected !== undefined && passed > patience) {
      const of = this.#expected > 1 ? `${this.#done} of ${count(this.#expected, "check")} done, ` : "";
      this.#terminal.status(`Checking: ${of}${(passed / 1000).toFixed(1)} s`);
    }
  }
}

function progressOf({ duration, drops, roundTrip, missedPongs }: StabilityFacts, whole: number): string {
  const trip = roundTrip === undefined ? "" : `, round trip ${time(roundTrip.p50)} (max ${time(roundTrip.max)})`;
  const lost = `${count(drops, "drop")}, ${count(missedPongs, "missed pong")}`;
  return `${elapsed(duration)} of ${elapsed(whole)}${trip}, ${lost}`;
}
