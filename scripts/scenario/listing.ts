import { SCENARIOS, SCENARIO_NAMES } from "./catalog.ts";
import { EXPECTED } from "./expected.ts";
import type { AlertKey } from "./expected.ts";

/** What the scenarios are, for a terminal. */
export function listing(): string {
  return SCENARIO_NAMES.map((name) => {
    const { summary, minutes } = SCENARIOS[name];
    const alerts = EXPECTED[name].length === 0 ? ["no alert"] : EXPECTED[name];
    return `${name} (${minutes} minutes)\n  ${summary}\n${alerts.map((key) => `  - ${key}\n`).join("")}`;
  }).join("\n");
}

const BEGIN = "<!-- scenarios:begin -->";
const END = "<!-- scenarios:end -->";

/** The page with the table of scenarios in its place. @throws Error where the page has no place for it */
export function withScenarios(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${table()}\n\n${page.slice(end)}`;
}

function table(): string {
  const rows = SCENARIO_NAMES.map((name) => {
    const { summary, minutes } = SCENARIOS[name];
    return `| \`${name}\` | ${summary} | ${minutes} | ${EXPECTED[name].map(link).join(", ") || "none"} |`;
  });
  return ["| scenario | what happens | minutes | alerts that fire |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function link(key: AlertKey): string {
  const [severity, alert] = key.split(" ");
  return `[${alert}](runbooks/${alert}.md) (${severity})`;
}
