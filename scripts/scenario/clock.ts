/** A scenario's time: a minute of it is shorter than a minute by the time scale. */
export class Clock {
  readonly scale: number;
  readonly #started: number = performance.now();

  /** Starts now. */
  constructor(scale: number) {
    this.scale = scale;
  }

  /** Minutes of the scenario that have passed. */
  get now(): number {
    return ((performance.now() - this.#started) / 60_000) * this.scale;
  }

  /** Milliseconds that minutes of the scenario take. */
  milliseconds(minutes: number): number {
    return (minutes * 60_000) / this.scale;
  }

  /** Resolves after as many minutes of the scenario. */
  pause(minutes: number): Promise<void> {
    return new Promise((resolve) => void setTimeout(resolve, this.milliseconds(minutes)));
  }
}
