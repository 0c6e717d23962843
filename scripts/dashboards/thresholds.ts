import type { Panel } from "./model.ts";

/** A step of Grafana's: from which value on which colour. */
export interface Step {
  readonly value: number | null;
  readonly color: string;
}

/** Grafana wants steps upwards, the first from minus infinity. */
export function steps({ thresholds }: Panel): Step[] {
  if (thresholds === undefined) return [{ value: null, color: "green" }];
  const { yellow, red } = thresholds;
  const [low, high] = red < yellow ? ["red", "green"] : ["green", "red"];
  const [first, second] = [Math.min(yellow, red), Math.max(yellow, red)];
  return [
    { value: null, color: low },
    { value: first, color: "yellow" },
    { value: second, color: high },
  ];
}
