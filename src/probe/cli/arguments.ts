import { UsageError, readArguments } from "../../cli/options.ts";
import type { GivenOption } from "../../cli/options.ts";
import { OptionError } from "../../core/validate.ts";
import { resolveTarget } from "../target.ts";
import type { ProbeStep } from "../types.ts";
import { webSocketUrl } from "./kinds.ts";
import { probeOptions } from "./options.ts";
import type { ProbeOption, ProbeValues } from "./options.ts";
import { checksOf } from "./plan.ts";
import type { ConfiguredTarget, Output, Settings } from "./plan.ts";
import { reworded, toldAs } from "./wording.ts";

/** A command line, read and checked. */
export interface ProbeArguments {
  readonly targets: readonly ConfiguredTarget[];
  /** The file that has the targets instead. */
  readonly config: string | undefined;
  readonly checkConfig: boolean;
  readonly settings: Settings;
  readonly output: Output;
  /** An OTLP endpoint. */
  readonly endpoint: string | undefined;
}

type Name = keyof ProbeValues;
type Given = GivenOption<Name>;

/**
 * Reads the arguments of `otel-ws probe`.
 * @throws {UsageError} for anything that is wrong, which names the option
 */
export function readProbeArguments(args: readonly string[]): ProbeArguments {
  const { options, positionals } = readArguments("probe", args, probeOptions, webSocketUrl);
  const values = Object.fromEntries(options.map(({ name, value }) => [name, value])) as Partial<ProbeValues>;
  checkTogether(options, positionals);
  const { config, interval, count, concurrency, location } = values;
  return {
    targets: config === undefined ? targetsOf(options, positionals) : [],
    config,
    checkConfig: values["check-config"] === true,
    settings: { interval, count, concurrency, location },
    output: values.json === true ? "json" : values.quiet === true ? "quiet" : "report",
    endpoint: values.endpoint,
  };
}

function fail(message: string): never {
  throw new UsageError(`probe: ${message}`);
}

/** Options that exclude each other, or need each other. */
function checkTogether(options: readonly Given[], positionals: readonly string[]): void {
  const names = new Set(options.map(({ name }) => name));
  const exclude = (first: Name, second: Name, why: string): void => {
    if (names.has(first) && names.has(second)) fail(`--${first} and --${second} exclude each other: ${why}`);
  };
  const need = (option: Name, other: Name): void => {
    if (names.has(option) && !names.has(other)) fail(`--${option} needs --${other}`);
  };
  exclude("bearer-env", "bearer-file", "there is one token");
  exclude("json", "quiet", "--quiet prints no result");
  need("ping-interval", "duration");
  need("check-config", "config");
  if (names.has("config")) {
    if (positionals.length > 0) fail("--config and a URL exclude each other: add the URL to the file's targets");
    const own = options.find(({ name }) => optionOf(name).path !== undefined || isStep(name));
    if (own !== undefined)
      fail(`--config and --${own.name} exclude each other: write it into the file, in "defaults" for all`);
    return;
  }
  need("count", "interval");
  const step = options.find(({ name }) => isStep(name));
  if (step !== undefined) {
    exclude("connect-only", step.name, "one says that there are no steps");
    exclude("expect-status", step.name, "nothing can follow a refused upgrade");
  }
  if (positionals.length === 0) fail(`expects ${webSocketUrl.expected}, or --config FILE`);
  if (positionals.length > 1 && names.has("name")) fail("--name is for one URL: use --config to name several checks");
}

function optionOf(name: Name): ProbeOption<never> {
  return probeOptions[name] as ProbeOption<never>;
}

function isStep(name: Name): boolean {
  return optionOf(name).step !== undefined || name === "within";
}

/** A target for each URL, each with all options. */
function targetsOf(options: readonly Given[], urls: readonly string[]): ConfiguredTarget[] {
  const { steps, origins } = stepsOf(options);
  const shared: Record<string, unknown> = {};
  for (const { name, value } of options) {
    const { path } = optionOf(name);
    if (path !== undefined) put(shared, path.split("."), name, value);
  }
  if (steps.length > 0) shared["steps"] = steps;
  const targets = urls.map((url): ConfiguredTarget => ({ ...shared, url }));
  const seen = new Set<string>();
  for (const target of targets) {
    const name = checked(target, origins);
    if (seen.has(name)) fail(`two checks would be called "${name}": use --config to give them names`);
    seen.add(name);
  }
  return targets;
}

function put(into: Record<string, unknown>, [key = "", ...rest]: readonly string[], name: Name, value: unknown): void {
  const present = into[key];
  if (rest.length > 0) {
    const inner = (present ?? {}) as Record<string, unknown>;
    into[key] = inner;
    put(inner, rest, name, value);
  } else if (name === "header") {
    const [field, content] = value as ProbeValues["header"];
    const fields = (present ?? {}) as Record<string, string>;
    if (Object.hasOwn(fields, field))
      fail(`--header has ${field} twice: HTTP joins values with a comma, cookies with "; "`);
    into[key] = { ...fields, [field]: content };
  } else if (name === "subprotocol") {
    into[key] = [...((present ?? []) as string[]), value];
  } else into[key] = value;
}

/** The steps in their order, and the option that each of them comes from. */
function stepsOf(options: readonly Given[]): { steps: ProbeStep[]; origins: Name[] } {
  const steps: ProbeStep[] = [];
  const origins: Name[] = [];
  let last: { within?: number | undefined } | undefined;
  for (const { name, value } of options) {
    if (name === "within") {
      if (last === undefined) fail("--within belongs after a step that waits: --ping, --expect… or --expect-close");
      last.within = value as number;
      continue;
    }
    const step = optionOf(name).step?.(value as never);
    if (step === undefined) continue;
    steps.push(step);
    origins.push(name);
    last =
      "ping" in step
        ? step.ping
        : "expect" in step
          ? step.expect
          : "expectClose" in step
            ? step.expectClose
            : undefined;
  }
  return { steps, origins };
}

/** The name of a target that is right. */
function checked(target: ConfiguredTarget, origins: readonly Name[]): string {
  try {
    return checksOf(target).map((check) => resolveTarget(check).name)[0] ?? "";
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    const problem = reworded(error, (word) => labelOf(word) ?? word);
    const label = originOf(error.option, origins) ?? labelOf(error.option) ?? error.option;
    // The examples of the check are in JavaScript.
    const mend = problem.mend
      .replace(/\{ \w+: ([^}]*) \}/g, "$1")
      .replace(/an array such as \["([^"]*)"\]/, "one such as $1");
    return fail(`${label} expects ${toldAs({ ...problem, mend })}`);
  }
}

/** What a part of a target, by its path or its last name, is called on the command line. */
function labelOf(path: string): string | undefined {
  if (path === "url") return "URL";
  const step = path.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (Object.hasOwn(probeOptions, step)) return `--${step}`;
  const own = (Object.keys(probeOptions) as Name[]).find((name) => {
    const option = optionOf(name).path;
    return option !== undefined && (new RegExp(`^${option}($|[.[])`).test(path) || option.endsWith(`.${path}`));
  });
  return own === undefined ? undefined : `--${own}`;
}

function originOf(path: string, origins: readonly Name[]): string | undefined {
  const [, index, rest = ""] = /^steps\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
  const origin = index === undefined ? undefined : origins[Number(index)];
  if (origin === undefined) return undefined;
  return rest.endsWith("within") ? "--within" : `--${origin}`;
}
