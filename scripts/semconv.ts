// Checks the registry in semconv/ and generates what comes from it. With --check, writes nothing and fails when a
// generated file is stale.
import { fileURLToPath } from "node:url";
import { checkRegistry, formatFinding } from "./semconv/check.ts";
import { generate, writeOutput } from "./semconv/generate.ts";
import { loadRegistry } from "./semconv/load.ts";
import { resolveRegistry } from "./semconv/resolve.ts";

const FOLDER = "semconv";
const root = fileURLToPath(new URL("../", import.meta.url));
const checkOnly = process.argv.includes("--check");

const registry = loadRegistry(`${root}${FOLDER}`);
const findings = checkRegistry(registry);
for (const finding of findings) console.error(formatFinding(finding, FOLDER));
if (findings.length > 0) {
  console.error(`${findings.length} finding(s) in ${FOLDER}/; nothing was generated.`);
  process.exitCode = 1;
} else {
  for (const output of generate(root, resolveRegistry(registry)).filter(({ stale }) => stale)) {
    if (checkOnly) {
      console.error(`${output.file} is stale: run "npm run semconv" and commit the result.`);
      process.exitCode = 1;
    } else {
      writeOutput(root, output);
      console.log(`wrote ${output.file}`);
    }
  }
}
