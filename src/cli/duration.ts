const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What a duration looks like, as it stands in "expected …". */
export const durationForm = "a duration such as 500ms, 10s, 1.5m, 2h or 14d";

/** Milliseconds of a duration such as `500ms`, `10s`, `1.5m`, `2h` or `14d`; `undefined` where it is none. */
export function parseDuration(text: string): number | undefined {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return number === "" ? undefined : Math.round(Number(number) * units[unit as keyof typeof units]);
}

/** What to do about a text that is no duration, where that can be told. */
export function mendDuration(text: string): string | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return `add a unit: ${text}s or ${text}ms`;
  const compound = /^\d+(\.\d+)?[a-z]+ ?\d/.test(text) ? "write it with one unit, such as 90s" : undefined;
  return compound ?? (/^\d/.test(text) ? "units are ms, s, m, h and d" : undefined);
}

/** A duration in milliseconds as it would be typed, in the largest unit that leaves no fraction. */
export function formatDuration(milliseconds: number): string {
  const fitting = Object.entries(units).filter(([, size]) => milliseconds >= size && milliseconds % size === 0);
  const [unit, size] = fitting.at(-1) ?? ["ms", 1];
  return `${milliseconds / size}${unit}`;
}
