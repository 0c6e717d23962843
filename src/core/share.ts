/** Longest run that is counted down at once: what V8 keeps as a small integer on every platform. */
const LONGEST = 2 ** 30 - 1;

/**
 * Takes a share of events at random, without a random number for each: how many are passed over is drawn at once, as a
 * geometric distribution has it.
 */
export class Share {
  readonly #ratio: number;
  #left = 0;
  /** Whether the run is longer than `#left` can say. Its rest is drawn anew, of which the past tells nothing. */
  #cut = false;

  /** `ratio`: 0 for none, 1 for all of them. */
  constructor(ratio: number) {
    this.#ratio = ratio;
    this.#draw();
  }

  /** One more event: whether it is taken. */
  next(): boolean {
    this.#left -= 1;
    return this.#left === 0 && this.#draw();
  }

  /** Begins another run; whether the one before has come to its end. */
  #draw(): boolean {
    const ended = !this.#cut;
    const length = this.#ratio === 0 ? LONGEST + 1 : 1 + Math.log1p(-Math.random()) / Math.log1p(-this.#ratio);
    this.#cut = length > LONGEST;
    this.#left = this.#cut ? LONGEST : Math.trunc(length) | 0;
    return ended;
  }
}
