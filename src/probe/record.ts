import { anyFailure } from "./problem.ts";
import type { PhaseTiming, ProbePhase, ProbeProblem, ProbeResult } from "./types.ts";

/** What a run finds out about; where and in which trace it ran is not its own. */
export type Findings = Omit<ProbeResult, "location" | "traceId">;

/** A connection that is held may be opened again very often; its first dials tell what there is to tell. */
const MAX_PHASES = 500;

/** What one run found so far. */
export class RunRecord {
  readonly startedAt: string = new Date().toISOString();
  readonly #start = performance.now();
  readonly phases: PhaseTiming[] = [];
  readonly warnings: ProbeProblem[] = [];
  peer: Findings["peer"];
  tls: Findings["tls"];
  upgrade: Findings["upgrade"];
  close: Findings["close"];
  stability: Findings["stability"];
  /** The phase that goes on. */
  current: OpenPhase | undefined;

  /** Seconds since the run began. */
  elapsed(at: number = performance.now()): number {
    return Math.max(0, at - this.#start) / 1000;
  }

  /** Begins a phase about `detail`, at a time of `performance.now()`. */
  begin(phase: ProbePhase, detail: string, at: number = performance.now()): OpenPhase {
    return (this.current = new OpenPhase(this, phase, detail, at));
  }

  /** A phase whose times are known. */
  add(phase: ProbePhase, from: number, to: number, detail: string, error?: string): void {
    if (this.phases.length >= MAX_PHASES) return;
    const timing = { phase, start: this.elapsed(from), duration: Math.max(0, to - from) / 1000, detail };
    this.phases.push(error === undefined ? timing : { ...timing, error });
  }

  /** Something passed a limit; one of a type, so that a run cannot collect them without end. */
  warn(warning: ProbeProblem): void {
    if (this.warnings.every(({ type }) => type !== warning.type)) this.warnings.push(warning);
  }
}

/** A phase that goes on. */
export class OpenPhase {
  readonly phase: ProbePhase;
  readonly #record: RunRecord;
  /** When it began, of `performance.now()`. */
  from: number;
  /** What it is about. */
  detail: string;
  /** What has not come about yet, after `detail`. */
  missing: string | undefined;

  constructor(record: RunRecord, phase: ProbePhase, detail: string, from: number) {
    this.#record = record;
    this.phase = phase;
    this.detail = detail;
    this.from = from;
  }

  /** What it is about, and what it waits for where that is not said by its name. */
  describe(detail: string, missing?: string): void {
    this.detail = detail;
    this.missing = missing;
  }

  /** It ended, with `error.type` where it failed. What comes later does not count. */
  end(error?: string, to: number = performance.now()): void {
    if (this.#record.current !== this) return;
    this.#record.current = undefined;
    this.#record.add(this.phase, this.from, to, this.detail, error);
  }
}

/** Runs a phase, and records how it went. @throws ProbeFailure */
export async function timed<T>(
  record: RunRecord,
  name: ProbePhase,
  detail: string,
  run: (phase: OpenPhase) => Promise<T>,
): Promise<T> {
  const phase = record.begin(name, detail);
  try {
    const value = await run(phase);
    phase.end();
    return value;
  } catch (error) {
    const failure = anyFailure(error, name).within(name);
    phase.end(failure.type);
    throw failure;
  }
}
