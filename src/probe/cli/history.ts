import { RoundTrips } from "../stability.ts";
import type { ProbeOutcome, ProbeProblem, ProbeResult } from "../types.ts";

/** A result that is news: the first one, another one than before, or one for another reason. */
export interface Change {
  /** The result before; `undefined` where there was none. */
  readonly from: ProbeOutcome | undefined;
  /** How long that lasted, in seconds. */
  readonly lasted: number;
}

/** What the runs of one check found, in little memory however many they are. */
export class History {
  readonly roundTrips: RoundTrips = new RoundTrips();
  runs = 0;
  /** Runs that were not `down`. */
  succeeded = 0;
  last: ProbeOutcome | undefined;
  lastError: (ProbeProblem & { readonly at: number }) | undefined;
  #since = 0;
  #reason: string | undefined;

  /** A run has ended; what it changed. */
  add({ result, error, phases, startedAt, duration }: ProbeResult): Change | undefined {
    const at = Date.parse(startedAt);
    this.runs += 1;
    if (result !== "down") this.succeeded += 1;
    const isNew = this.last !== result || this.#reason !== error?.type;
    this.#reason = error?.type;
    if (error !== undefined) this.lastError = { ...error, at: at + duration * 1000 };
    for (const { phase, duration, error } of phases) {
      if (phase === "message" && error === undefined) this.roundTrips.add(duration * 1000);
    }
    const change = { from: this.last, lasted: (at - this.#since) / 1000 };
    if (this.last !== result) this.#since = at;
    this.last = result;
    return isNew ? change : undefined;
  }
}
