import { contain } from "../core/contain.ts";
import { integer, invalid, optionalFunction } from "../core/validate.ts";
import { Check } from "./probe.ts";
import type { ProbeSettings } from "./probe.ts";
import type { CheckId, ProbeResult, ProbeTarget, StabilityFacts } from "./types.ts";

/** Longest time between two runs: a week. */
const MAX_INTERVAL = 604_800_000;

/** Options of `startProbes`. */
export interface ScheduleOptions extends ProbeSettings {
  /** Milliseconds from the start of one run of a target to the start of its next, 100 to 604800000. */
  interval: number;
  /** How many runs may go on at once, 1 to 1000; others wait for them. @default 50 */
  concurrency?: number | undefined;
  /** How often each target is checked. @default for ever */
  count?: number | undefined;
  /** Told of each result. */
  onResult?: ((result: ProbeResult) => void) | undefined;
  /** Told when a run could not start because the one before it had not ended. */
  onMissed?: ((check: CheckId) => void) | undefined;
  /** Told about once a second while a connection is held. */
  onProgress?: ((check: CheckId, stability: StabilityFacts) => void) | undefined;
}

/** Checks that go on. */
export interface RunningProbes {
  /** Ends them: runs that go on are ended as `aborted` and reported. Resolves when nothing runs. */
  stop(): Promise<void>;
  /** Resolves when every target was checked `count` times, or all were stopped. */
  readonly done: Promise<void>;
}

/**
 * Checks targets again and again, spread evenly over the interval, so that they neither start at once nor drift.
 * @throws TypeError for a target or an option that is wrong, and for two targets of one name
 */
export function startProbes(targets: readonly ProbeTarget[], options: ScheduleOptions): RunningProbes {
  return new Schedule(targets, options);
}

/** A target and when it is due. */
interface Entry {
  readonly check: Check;
  due: number;
  left: number;
  running: boolean;
  timer: NodeJS.Timeout | undefined;
}

class Schedule implements RunningProbes {
  readonly done: Promise<void>;
  readonly #options: ScheduleOptions;
  readonly #concurrency: number;
  readonly #entries: readonly Entry[];
  readonly #waiting: Entry[] = [];
  readonly #abort = new AbortController();
  #running = 0;
  #finish!: () => void;

  constructor(targets: readonly ProbeTarget[], options: ScheduleOptions) {
    this.#options = checked(options);
    this.#concurrency = integer("concurrency", options.concurrency, 1, 1000, 50);
    const left = integer("count", options.count, 1, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY);
    const checks = prepared(targets, options);
    const now = performance.now();
    this.#entries = checks.map((check, index) => ({
      check,
      due: now + (options.interval * index) / checks.length,
      left,
      running: false,
      timer: undefined,
    }));
    this.done = new Promise((resolve) => (this.#finish = resolve));
    for (const entry of this.#entries) this.#arm(entry);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#waiting.length = 0;
    for (const entry of this.#entries) {
      clearTimeout(entry.timer);
      entry.left = 0;
    }
    this.#finishIfIdle();
    await this.done;
  }

  #arm(entry: Entry): void {
    entry.timer = setTimeout(() => this.#due(entry), Math.max(0, entry.due - performance.now()));
  }

  #due(entry: Entry): void {
    entry.left -= 1;
    entry.due += this.#options.interval;
    if (entry.left > 0) this.#arm(entry);
    if (entry.running) {
      contain("onMissed", () => this.#options.onMissed?.(entry.check.id));
      return;
    }
    entry.running = true;
    this.#waiting.push(entry);
    this.#next();
  }

  #next(): void {
    while (this.#running < this.#concurrency) {
      const entry = this.#waiting.shift();
      if (entry === undefined) return;
      this.#running += 1;
      void this.#run(entry);
    }
  }

  async #run(entry: Entry): Promise<void> {
    const { onResult, onProgress } = this.#options;
    const { id } = entry.check;
    try {
      const result = await entry.check.run({
        signal: this.#abort.signal,
        onProgress: onProgress === undefined ? undefined : (stability) => onProgress(id, stability),
      });
      contain("onResult", () => onResult?.(result));
    } finally {
      entry.running = false;
      this.#running -= 1;
      this.#next();
      this.#finishIfIdle();
    }
  }

  #finishIfIdle(): void {
    if (this.#running > 0 || this.#waiting.length > 0 || this.#entries.some(({ left }) => left > 0)) return;
    for (const { check } of this.#entries) check.close();
    this.#finish();
  }
}

function prepared(targets: readonly ProbeTarget[], options: ScheduleOptions): Check[] {
  if (!Array.isArray(targets) || targets.length === 0) {
    throw invalid("targets", "at least one target", targets, 'pass an array such as [{ url: "wss://example.com" }]');
  }
  const checks: Check[] = [];
  try {
    const seen = new Set<string>();
    for (const target of targets as readonly ProbeTarget[]) {
      const check = new Check(target, options);
      checks.push(check);
      const { name, ip } = check.id;
      const key = `${ip} ${name}`;
      if (seen.has(key)) throw invalid("targets", "a different name for each", name, "give one of them another `name`");
      seen.add(key);
    }
    return checks;
  } catch (error) {
    for (const check of checks) check.close();
    throw error;
  }
}

function checked(options: ScheduleOptions): ScheduleOptions {
  const { interval } = options;
  if (typeof interval !== "number" || !(interval >= 100 && interval <= MAX_INTERVAL)) {
    throw invalid("interval", `milliseconds from 100 to ${MAX_INTERVAL}`, interval, "pass 30000 for 30 seconds");
  }
  optionalFunction("onResult", options.onResult, "result");
  optionalFunction("onMissed", options.onMissed, "check");
  optionalFunction("onProgress", options.onProgress, "check, stability");
  return options;
}
