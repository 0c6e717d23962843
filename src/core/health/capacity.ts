/** How full a server is. */

/** Below this share of the mark, the warning ends: one connection more or less does not begin and end it all the time. */
const HYSTERESIS = 0.95;

/** What a capacity warning says. */
export interface CapacityWarning {
  /** Open connections. */
  readonly active: number;
  readonly limit: number;
  /** `active` divided by `limit`. */
  readonly utilization: number;
  /** `true`: the mark was crossed upwards; `false`: it is well below again. */
  readonly exceeded: boolean;
}

/** Watches a number of connections against a limit that may change. */
export class Capacity {
  readonly #limit: () => number | undefined;
  readonly #warnAt: number;
  readonly #warn: (warning: CapacityWarning) => void;
  #exceeded = false;
  /** Open connections that count against the limit. */
  active: number;

  constructor(
    limit: () => number | undefined,
    warnAt: number,
    warn: (warning: CapacityWarning) => void,
    active: number = 0,
  ) {
    this.#limit = limit;
    this.#warnAt = warnAt;
    this.#warn = warn;
    this.active = active;
  }

  /** The limit now; `undefined` while it is not known. */
  get limit(): number | undefined {
    return this.#limit();
  }

  opened(): void {
    this.active += 1;
    this.#check();
  }

  closed(): void {
    this.active -= 1;
    this.#check();
  }

  #check(): void {
    const { active, limit } = this;
    if (limit === undefined) return;
    const utilization = active / limit;
    const exceeded = utilization >= (this.#exceeded ? this.#warnAt * HYSTERESIS : this.#warnAt);
    if (exceeded === this.#exceeded) return;
    this.#exceeded = exceeded;
    this.#warn({ active, limit, utilization, exceeded });
  }
}
