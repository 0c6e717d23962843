import { parseArgs } from "node:util";
import { nearest } from "../nearest.ts";
import { durationForm, formatDuration, mendDuration, parseDuration } from "./duration.ts";

/** Wrong use of the command line: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** An option or an argument, and how its value is read. */
export interface OptionKind<T> {
  /** What a value must be, as it stands in "expected …". */
  expected: string;
  /** `undefined` where the value is wrong. */
  read(value: string): T | undefined;
  /** Whether it stands without a value; `read` then gets "". @default false */
  flag?: boolean | undefined;
  /** A letter that stands for the name, such as `q` in `-q`. @default none */
  short?: string | undefined;
  /** How messages show a wrong value, if it may hold a secret. @default as it was given */
  show?: ((value: string) => string) | undefined;
  /** What to do about a wrong value, where that can be told. */
  mend?: ((value: string) => string | undefined) | undefined;
}

/** Options by name, without the leading dashes. */
export type OptionKinds = Record<string, OptionKind<unknown>>;

type ValueOf<Kind> = Kind extends OptionKind<infer Value> ? Value : never;

/** The values of the options that were given. */
export type OptionValues<Kinds extends OptionKinds> = {
  [Name in keyof Kinds]?: ValueOf<Kinds[Name]>;
};

/** An option as it was given. */
export interface GivenOption<Name extends string = string> {
  readonly name: Name;
  readonly value: unknown;
}

/** What a command line has, in its order. */
export interface Arguments<Name extends string = string> {
  readonly options: readonly GivenOption<Name>[];
  readonly positionals: readonly string[];
}

/**
 * Reads the options of a command; of a repeated one the last counts.
 *
 * @throws {UsageError} for an unknown option, a surplus argument, a missing or a wrong value
 */
export function readOptions<Kinds extends OptionKinds>(
  command: string,
  args: readonly string[],
  kinds: Kinds,
): OptionValues<Kinds> {
  const { options } = readArguments(command, args, kinds);
  return Object.fromEntries(options.map(({ name, value }) => [name, value])) as OptionValues<Kinds>;
}

/**
 * Reads the options of a command, in the order and as often as they were given, and its other arguments.
 *
 * @param positional how the other arguments are read; without it, there may be none
 * @throws {UsageError} for an unknown option, a surplus argument, a missing or a wrong value
 */
export function readArguments<Kinds extends OptionKinds>(
  command: string,
  args: readonly string[],
  kinds: Kinds,
  positional?: OptionKind<string>,
): Arguments<keyof Kinds & string> {
  const options: GivenOption<keyof Kinds & string>[] = [];
  const positionals: string[] = [];
  for (const token of tokensOf(args, kinds)) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      if (positional === undefined) throw new UsageError(`${command}: unexpected argument "${token.value}"`);
      positionals.push(readValue(`${command}: `, positional, token.value));
      continue;
    }
    const { name, rawName, value } = token;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      const known = Object.keys(kinds).map((name) => `--${name}`);
      throw new UsageError(`${command}: unknown option ${rawName}${nearest(rawName, known)}`);
    }
    const where = `${command}: ${rawName} `;
    if (kind.flag === true && value !== undefined) throw new UsageError(`${where}takes no value, got "${value}"`);
    const taken = token.inlineValue === false && value !== undefined && isOption(value, kinds) ? undefined : value;
    if (kind.flag !== true && taken !== value) {
      throw new UsageError(`${where}expects ${kind.expected}, got the option ${value}; or write ${rawName}=${value}`);
    }
    options.push({ name, value: readValue(where, kind, kind.flag === true ? "" : taken) });
  }
  return { options, positionals };
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];

function tokensOf(args: readonly string[], kinds: OptionKinds): readonly Token[] {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, { flag, short }]) => [
      name,
      { type: flag === true ? ("boolean" as const) : ("string" as const), ...(short !== undefined && { short }) },
    ]),
  );
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function isOption(value: string, kinds: OptionKinds): boolean {
  const [, name = ""] = /^--([a-z-]+)(?:=|$)/.exec(value) ?? [];
  return Object.hasOwn(kinds, name);
}

function readValue<T>(where: string, kind: OptionKind<T>, text: string | undefined): T {
  const value = text === undefined ? undefined : kind.read(text);
  if (value !== undefined) return value;
  const given = text === undefined ? "nothing" : (kind.show ?? quoted)(text);
  const mend = text === undefined ? undefined : kind.mend?.(text);
  throw new UsageError(`${where}expects ${kind.expected}, got ${given}${mend === undefined ? "" : `; ${mend}`}`);
}

function quoted(value: string): string {
  return `"${value}"`;
}

/** How a value is shown that may hold a secret. */
export function hidden(): string {
  return "something else, which is not shown";
}

/** An option without a value, which means this one. */
export function flag<T>(value: T): OptionKind<T> {
  return { expected: "no value", flag: true, read: () => value };
}

/** Any text; one that is empty only where that is said. */
export function text(expected: string, { empty = false }: { empty?: boolean } = {}): OptionKind<string> {
  return { expected, read: (value) => (value === "" && !empty ? undefined : value) };
}

/** One of these words. */
export function oneOf<T>(words: Readonly<Record<string, T>>): OptionKind<T> {
  const names = Object.keys(words);
  return {
    expected: `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`,
    read: (value) => (Object.hasOwn(words, value) ? words[value] : undefined),
    // Of a word that is so short, every other one is near.
    mend: (value) => (value.length > 2 && nearest(value, names).replace(/^; /, "")) || undefined,
  };
}

/** A duration such as `10s`, in milliseconds, within bounds. */
export function duration(least = 0, most: number = Infinity): OptionKind<number> {
  const bounds = most === Infinity ? "" : `, from ${formatDuration(least)} to ${formatDuration(most)}`;
  return {
    expected: `${durationForm}${bounds}`,
    read: (value) => {
      const milliseconds = parseDuration(value) ?? -1;
      return milliseconds >= least && milliseconds <= most ? milliseconds : undefined;
    },
    mend: (value) => (parseDuration(value) === undefined ? mendDuration(value) : undefined),
  };
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): OptionKind<number> {
  return {
    expected:
      most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`,
    read: (value) =>
      /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined,
  };
}

/** A time in seconds, more than 0, up to `most`; fractions are allowed. */
export function seconds(most: number): OptionKind<number> {
  return {
    expected: `seconds, more than 0 and up to ${most}`,
    read: (value) =>
      /^\d*\.?\d+$/.test(value) && Number(value) > 0 && Number(value) <= most ? Number(value) : undefined,
  };
}

/** An absolute URL with one of the schemes, such as `http`. */
export function absoluteUrl(...schemes: readonly string[]): OptionKind<string> {
  return {
    expected: `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
    read: (value) =>
      URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)) ? value : undefined,
  };
}
