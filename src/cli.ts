#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { commands } from "./cli/commands.ts";
import { nearest } from "./nearest.ts";
import { UsageError } from "./cli/options.ts";

const name = "otel-ws";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  try {
    if (first === undefined) {
      process.stderr.write(help());
      return 2;
    }
    if (first === "--version") return print(`${version()}\n`);
    if (first === "--help" || first === "-h") return print(help());
    if (first === "help") return print(rest[0] === undefined ? help() : commandHelp(rest[0]));
    const command = find(first);
    if (rest.includes("--help") || rest.includes("-h")) return print(commandHelp(first));
    return await (
      await command.load()
    )(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${name}: ${error.message}\nRun "${name} --help" to see what there is.\n`);
    return 2;
  }
}

function find(command: string): (typeof commands)[string] {
  const found = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (found) return found;
  if (command.startsWith("-"))
    throw new UsageError(`unknown option ${command}${nearest(command, ["--help", "--version"])}`);
  throw new UsageError(`unknown command "${command}"${nearest(command, [...Object.keys(commands), "help"])}`);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function help(): string {
  const list = Object.entries(commands).map(([command, { summary }]) => `  ${command.padEnd(8)}${summary}\n`);
  return `Usage: ${name} <command> [options]

Commands:
${list.join("")}  ${"help".padEnd(8)}Show this help, or "${name} help <command>" for a command's options

Options:
  -h, --help  Show this help
  --version   Show the version

Exit codes: 0 ok, 1 failed, 2 wrong usage.
`;
}

function commandHelp(command: string): string {
  return `Usage: ${name} ${command} ${find(command).help}`;
}

function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}
