import { SCENARIOS, SCENARIO_NAMES } from "./catalog.ts";
import { EXPECTED } from "./expected.ts";

/** What the scenarios are, for a terminal. */
export function listing(): string {
  return SCENARIO_NAMES.map((name) => {
    const { summary, minutes } = SCENARIOS[name];
    const alerts = EXPECTED[name].length === 0 ? ["no alert"] : EXPECTED[name];
    return `${name} (${minutes} minutes)\n  ${summary}\n${alerts.map((key) => `  - ${key}\n`).join("")}`;
  }).join("\n");
}
