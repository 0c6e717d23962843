/** A value of a cumulative series at a time, in seconds since 1970. */
interface Sample {
  time: number;
  value: number;
}

const keptSamples = 10;

/** The last exported values of a cumulative series. */
export class Series {
  /** When the series began to count, in seconds since 1970. */
  readonly start: number;
  readonly #samples: Sample[] = [];

  constructor(startTimeUnixNano: string) {
    this.start = Number(startTimeUnixNano) / 1e9;
  }

  /** Takes in the next exported value. */
  add(timeUnixNano: string, value: number): void {
    this.#samples.push({ time: Number(timeUnixNano) / 1e9, value });
    if (this.#samples.length > keptSamples) this.#samples.shift();
  }

  /** The newest value. */
  get value(): number {
    return this.#samples.at(-1)?.value ?? 0;
  }

  /** When the newest value was exported. */
  get end(): number {
    return this.#samples.at(-1)?.time ?? this.start;
  }

  /** The value at a time; 0 before the first export. */
  at(time: number): number {
    return this.#samples.findLast((sample) => sample.time <= time)?.value ?? 0;
  }
}

/** The sum of the newest values. */
export function total(list: readonly Series[]): number {
  return list.reduce((sum, { value }) => sum + value, 0);
}

/** Less time than this, in seconds, says nothing about a rate. */
const leastTime = 0.5;

/**
 * How fast the sum grows, per second; `undefined` where the exports are too close to each other to tell.
 *
 * @param all the series whose times count: a series appears with its first value, later than others that belong to it
 * @param window the last so many seconds; `Infinity` for the time since the first start
 */
export function rate(list: readonly Series[], all: readonly Series[], window: number): number | undefined {
  const end = Math.max(...all.map((series) => series.end));
  const begin = Math.max(end - window, Math.min(...all.map(({ start }) => start)));
  const before = window === Infinity ? 0 : list.reduce((sum, series) => sum + series.at(begin), 0);
  return end - begin >= leastTime ? (total(list) - before) / (end - begin) : undefined;
}
