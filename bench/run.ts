/** `npm run bench`: measures the built package against plain `ws` and holds it to the targets. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readOptions } from "./support/options.ts";
import type { Options } from "./support/options.ts";
import { table, verdict } from "./support/report.ts";
import type { Row } from "./support/report.ts";
import type { Suite } from "./support/suite.ts";
import { checks } from "./suites/checks.ts";
import { collect } from "./suites/collect.ts";
import { accept, churn, memory } from "./suites/connections.ts";
import { hooks, peers } from "./suites/hooks.ts";
import { echo, flood, messages } from "./suites/traffic.ts";

const SUITES: readonly Suite[] = [hooks, peers, flood, echo, messages, accept, memory, collect, churn, checks];

const HELP = `Usage: npm run bench -- [options]

Measures what the built package costs above plain ws and holds it to its targets (docs/benchmarks.md).

Options:
  --quick       less of everything, under three minutes: finds gross regressions only
  --only NAMES  these suites, separated by commas
  --json FILE   also writes the report as JSON
  --dist DIR    measures another build than dist/
  --help        shows this

Suites:
${SUITES.map(({ name, about }) => `  ${name.padEnd(12)}  ${about}`).join("\n")}

Exit code: 0; 1 if a row is past twice its target after the noise is taken off; 2 if the command line is wrong.
`;

const root: string = fileURLToPath(new URL("../", import.meta.url));

/** A copy of the build inside `node_modules`, where it finds its dependencies and no later build changes it. */
function snapshot(dist: string): string {
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "otel-ws-bench-"));
  cpSync(dist, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return folder;
}

async function run(options: Options): Promise<number> {
  const folder = snapshot(options.dist ?? join(root, "dist"));
  const rows: Row[] = [];
  const machine = `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}`;
  console.log(`${machine}${options.quick ? ", quick" : ""}`);
  try {
    for (const suite of SUITES) {
      if (options.only.length > 0 && !options.only.includes(suite.name)) continue;
      const start = performance.now();
      rows.push(...(await suite.run({ quick: options.quick, dist: folder })));
      console.error(`${suite.name}: ${suite.about} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(table(rows));
  if (options.json !== undefined) {
    const report = { machine, quick: options.quick, rows: rows.map((row) => ({ ...row, verdict: verdict(row) })) };
    writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  }
  return rows.some((row) => verdict(row) === "fail") ? 1 : 0;
}

function options(): Options | undefined {
  try {
    return readOptions(
      process.argv.slice(2),
      SUITES.map(({ name }) => name),
    );
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return undefined;
  }
}

const given = options();
if (given === undefined) process.exitCode = 2;
else if (given.help) console.log(HELP);
else process.exitCode = await run(given);
