/** The shipped alert rules for a world that runs faster: what takes them an hour then takes a minute. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { formatDuration, parseDuration } from "../../src/cli/duration.ts";
import { ruleFiles } from "../alerts/load.ts";

/** A rule file as it is parsed. Fields that are not named here stay as they are. */
export interface RuleFile {
  readonly groups: readonly RuleFileGroup[];
}

interface RuleFileGroup {
  readonly interval?: string;
  readonly rules: readonly RuleFileRule[];
}

interface RuleFileRule {
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
}

/**
 * Numbers in expressions that are seconds of the rules' own windows: a rate times 300 is a count of five minutes, a rate
 * times 60 what a minute has, and 3600 the hour in which a server will be full. A new number of this kind belongs here;
 * test/scenario/rules.test.ts wants every number of the rules to be known.
 */
export const SECONDS: ReadonlySet<string> = new Set(["60", "300", "3600"]);

/** A duration in an expression (a range or an offset), or a number. */
const DURATION_OR_NUMBER = /(?<![\w.])(?:\d+(?:ms|[smhdwy]))+(?!\w)|(?<![\w.])\d+(?:\.\d+)?(?![\w.])/g;
const QUOTED = /"[^"]*"/;

/** Divides every duration of a rule file by `factor`, and changes nothing else. */
export function scaleRules(file: RuleFile, factor: number): RuleFile {
  const scaled = <T extends object>(from: T, ...keys: (keyof T & string)[]): Partial<T> =>
    Object.fromEntries(
      keys.flatMap((key) => (from[key] === undefined ? [] : [[key, scaleDuration(String(from[key]), factor)]])),
    ) as Partial<T>;
  return {
    ...file,
    groups: file.groups.map((group) => ({
      ...group,
      ...scaled(group, "interval"),
      rules: group.rules.map((rule) => ({
        ...rule,
        ...scaled(rule, "for", "keep_firing_for"),
        expr: scaleExpression(rule.expr, factor),
      })),
    })),
  };
}

/** Divides the ranges, the offsets and the numbers of seconds in a query; text in quotes and the names stay. */
export function scaleExpression(expression: string, factor: number): string {
  return outsideQuotes(expression, (part) =>
    part.replaceAll(DURATION_OR_NUMBER, (found) => {
      if (!/^[\d.]+$/.test(found)) return scaleDuration(found, factor);
      return SECONDS.has(found) ? String(Number(found) / factor) : found;
    }),
  );
}

/** The numbers of a query that are no durations with a unit. */
export function numbersIn(expression: string): string[] {
  const numbers: string[] = [];
  outsideQuotes(expression, (part) => {
    numbers.push(...(part.match(DURATION_OR_NUMBER) ?? []).filter((found) => /^[\d.]+$/.test(found)));
    return part;
  });
  return numbers;
}

/**
 * A duration of Prometheus, divided.
 * @throws Error for one of several units, such as `1h30m`, and for one that would be no whole milliseconds
 */
export function scaleDuration(duration: string, factor: number): string {
  const milliseconds = (parseDuration(duration) ?? Number.NaN) / factor;
  if (!Number.isInteger(milliseconds)) {
    throw new Error(
      `time scale: expected whole milliseconds for each duration of the rules, got ${duration} / ${factor}; ` +
        "use a factor such as 60, and durations of one unit",
    );
  }
  return formatDuration(milliseconds);
}

/** Writes the scaled rules of a folder of alerts into another one, which is made. @returns the files */
export function writeScaledRules(alerts: string, factor: number, into: string): string[] {
  mkdirSync(into, { recursive: true });
  return ruleFiles(alerts).map((name) => {
    const file = parse(readFileSync(join(alerts, name), "utf8")) as RuleFile;
    const copy = join(into, name);
    // JSON is YAML.
    writeFileSync(copy, `${JSON.stringify(scaleRules(file, factor), null, 2)}\n`);
    return copy;
  });
}

function outsideQuotes(expression: string, change: (part: string) => string): string {
  return expression
    .split(new RegExp(`(${QUOTED.source})`))
    .map((part) => (part.startsWith('"') ? part : change(part)))
    .join("");
}
