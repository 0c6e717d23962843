import { readFileSync } from "node:fs";
import { parseDuration } from "../../cli/duration.ts";
import { UsageError } from "../../cli/options.ts";
import { OptionError } from "../../core/validate.ts";
import { resolveTarget } from "../target.ts";
import { given, schemaProblems } from "./config-schema.ts";
import { snakeCase, targetOf, withDefaults } from "./config-target.ts";
import { probeOptions } from "./options.ts";
import { checksOf } from "./plan.ts";
import type { ConfiguredTarget, Settings } from "./plan.ts";
import { reworded, toldAs } from "./wording.ts";
import { YamlSource } from "./yaml-source.ts";
import type { ConfigPath, ConfigProblem } from "./yaml-source.ts";

/** What a file says, or all that is wrong with it. */
export type Config =
  | { readonly targets: readonly ConfiguredTarget[]; readonly settings: Settings }
  | { readonly problems: readonly string[] };

/** Most problems that are told at once. */
const MOST = 20;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a file of checks.
 * @throws {UsageError} where the file cannot be read
 */
export function readConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a folder",
      EACCES: "it may not be read",
    };
    throw new UsageError(`probe: --config expects a YAML file, got "${file}": ${reasons[code ?? ""] ?? code}`);
  }
  return parseConfig(text, file);
}

/** Reads the text of a file of checks; problems begin with `file:line:column`. */
export function parseConfig(text: string, file: string, environment: NodeJS.ProcessEnv = process.env): Config {
  const source = new YamlSource(text, environment);
  // Data of a file that is no YAML would only bring forth problems that are not there.
  if (source.data === undefined) return { problems: told(file, source, source.problems) };
  const problems = [...source.problems, ...schemaProblems(source)];
  // A wrong value of a variable is that variable's problem.
  const data = (source.data ?? {}) as Json;
  const targets = problems.some(({ path }) => path[0] !== "targets" || path.length < 2)
    ? []
    : checkedTargets(data, source, problems);
  problems.push(...settingProblems(data, source, problems));
  if (problems.length > 0) return { problems: told(file, source, problems) };
  const { interval, concurrency, location } = data as { interval?: string; concurrency?: number; location?: string };
  return {
    targets,
    settings: { interval: interval === undefined ? undefined : parseDuration(interval), concurrency, location },
  };
}

/** The targets; adds to `problems` what the schema cannot know. */
function checkedTargets(data: Json, source: YamlSource, problems: ConfigProblem[]): ConfiguredTarget[] {
  const wrong = new Set(problems.map(({ path }) => path[1]));
  const names = new Map<string, number>();
  const targets: ConfiguredTarget[] = [];
  for (const [index, written] of (data["targets"] as readonly Json[]).entries()) {
    if (wrong.has(index)) continue;
    const target = targetOf(withDefaults((data["defaults"] ?? {}) as Json, written));
    targets.push(target);
    try {
      for (const { name, ip } of checksOf(target).map(resolveTarget)) {
        const key = `${ip} ${name}`;
        const other = names.get(key);
        names.set(key, other ?? index);
        if (other !== undefined && other !== index) {
          problems.push(duplicate(index, other, name, source));
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      problems.push(semanticProblem(error, index, source));
    }
  }
  return targets;
}

function duplicate(index: number, other: number, name: string, source: YamlSource): ConfigProblem {
  const path: ConfigPath = ["targets", index, ...(source.has(["targets", index, "name"]) ? ["name"] : ["url"])];
  const { line } = source.position({ path: ["targets", other], message: "" });
  return {
    path,
    message: `expected a name of its own, got "${name}", as targets[${other}] in line ${line} has; give it another name`,
  };
}

/** An error of the check, back at the place in the file that it comes from. */
function semanticProblem(error: OptionError, index: number, source: YamlSource): ConfigProblem {
  const inner = pathOfOption(error.option);
  const own = source.has(["targets", index, ...inner.slice(0, 1)]) || !source.has(["defaults", ...inner.slice(0, 1)]);
  const path: ConfigPath = own ? ["targets", index, ...inner] : ["defaults", ...inner];
  const problem = reworded(error, snakeCase);
  // As it is written, where that is a single value: the value of a variable may be a secret.
  const written = inner[0] !== "url" && error.given !== undefined && source.written(path) !== undefined;
  const isShown = problem.given !== "(not shown)";
  const shown = written && isShown ? given(error.given, path, source) : problem.given;
  return { path, message: `expected ${toldAs({ ...problem, given: shown })}` };
}

/** `steps[2].expect.jsonPath` as the keys and indexes in the file. */
function pathOfOption(option: string): (string | number)[] {
  if (option.startsWith("headers.")) return ["headers", option.slice("headers.".length)];
  return option.split(/[.[]/).map((part) => (part.endsWith("]") ? Number(part.slice(0, -1)) : snakeCase(part)));
}

function settingProblems(data: Json, source: YamlSource, known: readonly ConfigProblem[]): ConfigProblem[] {
  const { interval } = data;
  if (typeof interval !== "string" || known.some(({ path }) => path[0] === "interval")) return [];
  const kind = probeOptions.interval;
  if (kind.read(interval) !== undefined) return [];
  const path = ["interval"];
  return [{ path, message: `expected ${kind.expected}, got ${given(interval, path, source)}` }];
}

function told(file: string, source: YamlSource, problems: readonly ConfigProblem[]): string[] {
  const placed = problems.map((problem) => ({ ...source.position(problem), ...problem }));
  placed.sort((left, right) => left.line - right.line || left.col - right.col);
  const lines = placed.map(({ line, col, path, message }) => {
    const name = pathName(path);
    return `${file}:${line}:${col}: ${name === "" ? "" : `${name}: `}${message}`;
  });
  const distinct = [...new Set(lines)];
  const more = distinct.length - MOST;
  return more > 0 ? [...distinct.slice(0, MOST), `… and ${more} more`] : distinct;
}

/** `targets[2].steps[0].expect`. */
function pathName(path: ConfigPath): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}
