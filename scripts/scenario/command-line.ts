import {
  UsageError,
  absoluteUrl,
  duration,
  flag,
  oneOf,
  readArguments,
  text,
  wholeNumber,
} from "../../src/cli/options.ts";
import type { OptionKind } from "../../src/cli/options.ts";
import { SCENARIO_NAMES } from "./catalog.ts";
import type { ScenarioName } from "./catalog.ts";

/** What a command line asks for. */
export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "list" }
  | { readonly kind: "rules"; readonly folder: string; readonly scale: number }
  | RunCommand;

export interface RunCommand {
  readonly kind: "run";
  readonly name: ScenarioName;
  readonly scale: number;
  /** Milliseconds of real time; `undefined` for as long as the scenario takes. */
  readonly duration: number | undefined;
  /** Where to look for alerts. */
  readonly prometheus: string | undefined;
  readonly service: string;
}

/** A minute of real time is an hour. Past 600 the processes are slower than their own time. */
const SCALE = { usual: 60, most: 600 };
const SERVICE = "scenario";

const SCENARIO: OptionKind<string> = oneOf(Object.fromEntries(SCENARIO_NAMES.map((name) => [name, name])));
const KINDS = {
  help: { ...flag(true), short: "h" },
  list: flag(true),
  "time-scale": wholeNumber(1, SCALE.most),
  duration: duration(1000),
  prometheus: absoluteUrl("http", "https"),
  service: text("a service name"),
  rules: text("a folder to write to"),
};

/** @throws {UsageError} that names what is wrong */
export function readCommandLine(args: readonly string[]): Command {
  const { options, positionals } = readArguments("scenario", args, KINDS, SCENARIO);
  const given = Object.fromEntries(options.map(({ name, value }) => [name, value])) as {
    [Name in keyof typeof KINDS]?: (typeof KINDS)[Name] extends OptionKind<infer Value> ? Value : never;
  };
  const scale = given["time-scale"] ?? SCALE.usual;
  if (given.help === true) return { kind: "help" };
  if (given.list === true) return { kind: "list" };
  if (given.rules !== undefined) return { kind: "rules", folder: given.rules, scale };
  const [name, surplus] = positionals as ScenarioName[];
  if (name === undefined) throw new UsageError(`scenario: expects ${SCENARIO.expected}, got nothing`);
  if (surplus !== undefined) throw new UsageError(`scenario: expects one scenario, got also "${surplus}"`);
  return {
    kind: "run",
    name,
    scale,
    duration: given.duration,
    prometheus: given.prometheus,
    service: given.service ?? SERVICE,
  };
}

/** The help. */
export function usage(): string {
  return `Usage: npm run scenario -- NAME [--time-scale N] [--duration TIME] [--prometheus URL] [--service NAME]
       npm run scenario -- --rules FOLDER [--time-scale N]
       npm run scenario -- --list

Starts a WebSocket server and its clients in processes of their own, instrumented by this package, and
has happen to them what the scenario says. Their telemetry goes where the OTEL_* variables say.

Options:
  --time-scale N    How many times faster than real time, 1 to ${SCALE.most} (default: ${SCALE.usual}, a minute for an hour)
  --duration TIME   Stop after this time, such as 90s (default: as long as the scenario takes)
  --prometheus URL  Say which alerts fire there; its rules have to have the same time scale
  --service NAME    service.name of the server; that of the clients ends in -clients (default: ${SERVICE})
  --rules FOLDER    Write the alert rules at the time scale there, and run nothing
  --list            Say what the scenarios are and which alerts fire in each
  -h, --help        Show this help

docs/scenarios.md says how to run a Prometheus for it.
`;
}
