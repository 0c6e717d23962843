import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadGroups } from "../../scripts/alerts/load.ts";
import { SCENARIOS, SCENARIO_NAMES } from "../../scripts/scenario/catalog.ts";
import type { ScenarioName } from "../../scripts/scenario/catalog.ts";
import { EXPECTED } from "../../scripts/scenario/expected.ts";
import { listing } from "../../scripts/scenario/listing.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/scenarios.md`, "utf8");

/** A scenario's row in the page. */
function row(name: ScenarioName): string {
  const { summary, minutes } = SCENARIOS[name];
  const alerts = EXPECTED[name].map((key) => {
    const [severity, alert] = key.split(" ");
    return `[${alert}](runbooks/${alert}.md) (${severity})`;
  });
  return `| \`${name}\` | ${summary} | ${minutes} | ${alerts.join(", ") || "none"} |`;
}

describe("the scenarios", () => {
  test("expect alerts that are shipped, with their severity, each once", () => {
    const rules = loadGroups(`${root}alerts`).flatMap((group) => group.rules);
    const shipped = new Set(rules.map(({ alert, labels }) => `${labels?.["severity"]} ${alert}`));
    const expected = Object.values(EXPECTED).flat();
    expect(expected.filter((key) => !shipped.has(key))).toEqual([]);
    for (const keys of Object.values(EXPECTED)) expect(new Set(keys).size).toBe(keys.length);
  });

  test("are quiet for a normal day and a deployment", () => {
    expect([EXPECTED["normal-day"], EXPECTED.deploy]).toEqual([[], []]);
  });

  test.each(SCENARIO_NAMES)("last longer than what happens in them: %s", (name) => {
    const { minutes, populations, incidents = [] } = SCENARIOS[name];
    const begins = [...populations.map(({ from, over }) => from + over), ...incidents.map(({ at }) => at)];
    expect(Math.max(...begins)).toBeLessThan(minutes);
    expect(populations.filter(({ endings, clients }) => endings.length === 0 || clients < 1)).toEqual([]);
  });

  test("are listed with their alerts", () => {
    expect(listing()).toContain("normal-day (45 minutes)");
    expect(listing()).toContain("  - critical WebSocketServerNoConnections\n");
    expect(listing().match(/^\S+ \(\d+ minutes\)$/gm)).toHaveLength(SCENARIO_NAMES.length);
  });
});

describe("docs/scenarios.md", () => {
  test("has a row for each scenario, as the catalog has it", () => {
    const rows = [...page.matchAll(/^\| `.*$/gm)].map(([line]) => line.replaceAll(/ +\|/g, " |"));
    expect(rows).toEqual(SCENARIO_NAMES.map(row));
  });

  test("links what there is", () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(`${root}docs/${link}`))).toEqual([]);
    expect(links.length).toBeGreaterThan(10);
  });
});
