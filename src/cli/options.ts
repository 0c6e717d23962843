import { parseArgs } from "node:util";
import { nearest } from "../nearest.ts";

/** Wrong use of the command line: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads the value of an option; `undefined` where it is wrong. */
export interface OptionKind<T> {
  /** What a value must be, as it stands in "expected …". */
  expected: string;
  read(value: string): T | undefined;
}

/** Options by name, without the leading dashes. */
export type OptionKinds = Record<string, OptionKind<unknown>>;

/** The values of the options that were given. */
export type OptionValues<Kinds extends OptionKinds> = {
  [Name in keyof Kinds]?: Kinds[Name] extends OptionKind<infer Value> ? Value : never;
};

/**
 * Reads the options of a command; each takes a value, and of a repeated one the last counts.
 *
 * @throws {UsageError} for an unknown option, a surplus argument, a missing or a wrong value
 */
export function readOptions<Kinds extends OptionKinds>(
  command: string,
  args: readonly string[],
  kinds: Kinds,
): OptionValues<Kinds> {
  const options = Object.fromEntries(Object.keys(kinds).map((name) => [name, { type: "string" as const }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") throw new UsageError(`${command}: unexpected argument "${token.value}"`);
    const kind = Object.hasOwn(kinds, token.name) ? kinds[token.name] : undefined;
    if (kind === undefined) {
      const known = Object.keys(kinds).map((name) => `--${name}`);
      throw new UsageError(`${command}: unknown option ${token.rawName}${nearest(token.rawName, known)}`);
    }
    const value = token.value === undefined ? undefined : kind.read(token.value);
    if (value === undefined) {
      const given = token.value === undefined ? "nothing" : `"${token.value}"`;
      throw new UsageError(`${command}: ${token.rawName} expects ${kind.expected}, got ${given}`);
    }
    values[token.name] = value;
  }
  return values as OptionValues<Kinds>;
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): OptionKind<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
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
