/** Connections by age, in a few groups. */

/** Names and limits of age groups. */
export class AgeGroups {
  readonly #limits: readonly number[];
  readonly #names: readonly string[];

  /** `limits`: ascending, in milliseconds. */
  constructor(limits: readonly number[]) {
    this.#limits = limits.map((limit) => limit / 1000);
    const texts = limits.map(durationText);
    this.#names = [
      `under_${texts[0]!}`,
      ...texts.slice(1).map((text, index) => `${texts[index]!}_to_${text}`),
      `over_${texts.at(-1)!}`,
    ];
  }

  /** The number of groups. */
  get size(): number {
    return this.#names.length;
  }

  /** The group of a connection that is `seconds` old. */
  of(seconds: number): string {
    let index = 0;
    while (index < this.#limits.length && seconds >= this.#limits[index]!) index += 1;
    return this.#names[index]!;
  }
}

/** `90000` as `90s`, `3600000` as `1h`; days only from two on, as in `24h`. */
function durationText(milliseconds: number): string {
  const units: [string, number][] = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ];
  for (const [unit, size] of units) {
    if (milliseconds % size === 0 && milliseconds >= (unit === "d" ? 2 * size : size)) {
      return `${String(milliseconds / size)}${unit}`;
    }
  }
  return `${String(milliseconds)}ms`;
}
