/**
 * Takes a share of events at random, without a random number for each: how many are passed over is drawn at once, as a
 * geometric distribution has it.
 */
export class Share {
  readonly #ratio: number;
  readonly #take: () => void;
  readonly #self: number;
  #left = 0;

  /**
   * `take` is called before the event that is taken is dealt with. `counted` says whether that event has been counted by
   * then (received messages) or is the next to come (sent ones).
   */
  constructor(ratio: number, counted: boolean, take: () => void) {
    this.#ratio = ratio;
    this.#self = counted ? 1 : 0;
    this.#take = take;
  }

  /** Draws how many are passed over from now on. */
  draw(): void {
    const passed = Math.floor(Math.log(1 - Math.random()) / Math.log(1 - this.#ratio));
    this.#left = passed + this.#self;
    if (this.#left === 0) this.#take();
  }

  /** One more event. */
  count(): void {
    if (this.#left > 0 && (this.#left -= 1) === 0) this.#take();
  }
}
