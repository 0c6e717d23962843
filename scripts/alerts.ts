// Checks and tests the alert rules with Prometheus's own promtool, which is built the first time.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { queriesOf, ruleFiles, testFiles } from "./alerts/load.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const alerts = join(root, "alerts");
const runbooks = join(root, "docs/runbooks");

const promtool = /^promtool=(.*)$/m.exec(
  execFileSync(join(root, "test/pipeline/tools/build.sh"), ["prometheus"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }),
)?.[1];
if (promtool === undefined) throw new Error("test/pipeline/tools/build.sh named no promtool");

/** Passes on what promtool says, and ends with its code where that is not 0. */
function run(args: readonly string[], stdout: "inherit" | "ignore" = "inherit"): void {
  const { status } = spawnSync(promtool!, args, { cwd: alerts, stdio: ["ignore", stdout, "inherit"] });
  if (status !== 0) process.exit(status ?? 1);
}

run(["check", "rules", "--lint=all", "--lint-fatal", ...ruleFiles(alerts)]);
run(["test", "rules", ...testFiles(alerts).map((file) => join("tests", file))]);
for (const page of readdirSync(runbooks)) {
  for (const query of queriesOf(readFileSync(join(runbooks, page), "utf8"))) {
    // Prints the query, and on stderr what is wrong with it.
    run(["--experimental", "promql", "format", query], "ignore");
  }
}
