import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadRegistry } from "../../../scripts/semconv/load.ts";
import { resolveRegistry } from "../../../scripts/semconv/resolve.ts";
import { readProbeArguments } from "../../../src/probe/cli/arguments.ts";
import { parseConfig } from "../../../src/probe/cli/config-file.ts";
import { probeOptions } from "../../../src/probe/cli/options.ts";
import { renderReport } from "../../../src/probe/cli/report.ts";
import { upResult } from "./results.ts";

const root = new URL("../../../", import.meta.url);
const page = readFileSync(new URL("docs/probe.md", root), "utf8");

/** What stands between two comments. */
function part(name: string): string {
  return page.split(`<!-- ${name}:begin -->`)[1]?.split(`<!-- ${name}:end -->`)[0] ?? "";
}

/** The cells of the rows of tables, without their heads. */
function rows(text: string): string[][] {
  const lines = text.split("\n").filter((line) => /^\| `(?!error\.type)/.test(line));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1)
      .map((cell) => cell.trim()),
  );
}

/** The words of a shell command. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare = ""]) => quoted ?? bare);
}

describe("docs/probe.md", () => {
  test("links what there is", () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    const local = links.filter((link) => !link.startsWith("https://"));
    expect(local.filter((link) => !existsSync(new URL(`docs/${link}`, root)))).toEqual([]);
  });

  test("shows a report as it is", () => {
    const url = "wss://example.com/chat";
    const report = renderReport({ ...upResult, name: "example.com/chat", url }, "example.com/chat", {
      width: 80,
      color: false,
    });
    expect(page).toContain(report);
  });

  test("has commands that are right", () => {
    const commands = [...page.matchAll(/otel-ws probe (--config .*|wss:.*)$/gm)].map(
      ([, args = ""]) => args.split(" |")[0]!,
    );
    expect(commands.length).toBeGreaterThan(14);
    for (const command of commands) expect(readProbeArguments(wordsOf(command))).toBeDefined();
  });

  test("has every option with its value, and the key of the file that is the same", () => {
    const listed = rows(part("options")).map(([option = "", key = ""]) => [option, key] as const);
    const expected = Object.entries(probeOptions).map(([name, { short, label }]) => {
      const long = `\`--${name}${label === "" ? "" : ` ${label}`}\``;
      return short === undefined ? long : `\`-${short}\`, ${long}`;
    });
    expect(listed.map(([option]) => option)).toEqual(expected);
    const schema = JSON.parse(readFileSync(new URL("docs/probe.schema.json", root), "utf8")) as unknown;
    const known = new Set([...JSON.stringify(schema).matchAll(/"(\w+)":\{/g)].map(([, key]) => key));
    const keys = listed.flatMap(([, key]) =>
      [...key.matchAll(/`([\w.]+)/g)].flatMap(([, path = ""]) => path.split(".")),
    );
    expect(keys.filter((key) => !known.has(key))).toEqual([]);
    expect(keys.length).toBeGreaterThan(40);
  });

  test("has a file that is right", () => {
    const text = part("file").split("```yaml\n")[1]?.split("```")[0] ?? "";
    expect(parseConfig(text, "probes.yaml", {})).toMatchObject({
      targets: [{}, {}, {}],
      settings: { interval: 30_000 },
    });
  });

  test("explains each error.type of the registry, and no other", () => {
    const registry = resolveRegistry(loadRegistry(new URL("semconv", root).pathname));
    const runs = registry.metrics.find(({ name }) => name === "websocket.probe.runs");
    const note = runs?.attributes.find(({ key }) => key === "error.type")?.note ?? "";
    const named = [...note.matchAll(/`([\w]+)`/g)].map(([, name = ""]) => name);
    const types = named.filter((name) => !["up", "down", "degraded"].includes(name));
    const explained = rows(part("errors")).flatMap(([cell = ""]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
    );
    expect(explained.filter((name) => !/^\d+$/.test(name))).toEqual(types);
    expect(types.length).toBeGreaterThan(30);
  });
});
