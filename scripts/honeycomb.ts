// Writes examples/honeycomb: a board and triggers as Terraform and as requests to Honeycomb's API. With --check, writes
// nothing and fails when a file is stale.
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { honeycombFiles } from "./honeycomb/files.ts";

const folder = fileURLToPath(new URL("../examples/honeycomb/", import.meta.url));
const checkOnly = process.argv.includes("--check");
const files = honeycombFiles();

for (const [name, content] of Object.entries(files)) {
  const file = `${folder}${name}`;
  if (existsSync(file) && readFileSync(file, "utf8") === content) continue;
  report(name, "stale");
  if (checkOnly) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
for (const name of globSync("api/**/*.json", { cwd: folder }).filter((name) => !(name in files))) {
  report(name, "not made any more");
  if (!checkOnly) rmSync(`${folder}${name}`);
}

function report(name: string, what: string): void {
  if (!checkOnly) console.log(`wrote examples/honeycomb/${name} (it was ${what})`);
  else {
    console.error(`examples/honeycomb/${name} is ${what}: run "npm run honeycomb" and commit the result.`);
    process.exitCode = 1;
  }
}
