/** Runs one of the scenarios: a real server and real clients, and what happens to them. Needs a build before. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { watchForEnd } from "../src/cli/end.ts";
import { UsageError } from "../src/cli/options.ts";
import { readCommandLine, usage } from "./scenario/command-line.ts";
import type { Command } from "./scenario/command-line.ts";
import { listing } from "./scenario/listing.ts";
import { watchScenario } from "./scenario/report.ts";
import { writeScaledRules } from "./scenario/rules.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await perform(readCommandLine(args));
  } catch (error) {
    const wrongUse = error instanceof UsageError;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (wrongUse) process.stderr.write('Run "npm run scenario -- --help" to see what there is.\n');
    return wrongUse ? 2 : 1;
  }
}

async function perform(command: Command): Promise<number> {
  if (command.kind === "help") return print(usage());
  if (command.kind === "list") return print(listing());
  if (command.kind === "rules") {
    return print(`${writeScaledRules(`${ROOT}alerts`, command.scale, command.folder).join("\n")}\n`);
  }
  if (!existsSync(`${ROOT}dist/register.js`)) throw new Error("there is no dist: `npm run build` comes first");
  await watchScenario(command, watchForEnd(), (line) => void process.stdout.write(`${line}\n`));
  return 0;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
