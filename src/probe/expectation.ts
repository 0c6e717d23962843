/** Which messages an expectation takes. */
import { isDeepStrictEqual } from "node:util";
import { compile } from "json-p3";
import type { JSONPathQuery, JSONValue } from "json-p3";
import { RE2JS } from "re2js";
import { group, invalid } from "../core/validate.ts";
import { excerpt } from "./text.ts";
import type { Expectation } from "./types.ts";

/** A message that came. */
export interface ReceivedMessage {
  /** Text; a binary message as bytes. */
  readonly data: string | Buffer;
  /** Bytes on the wire, uncompressed. */
  readonly size: number;
  /** `performance.now()`. */
  readonly at: number;
}

/** An expectation that can be held against messages. */
export interface Matcher {
  /** How many messages it takes. */
  readonly count: number;
  /** What is expected, for people. */
  readonly description: string;
  /** Never throws. */
  matches(message: ReceivedMessage): boolean;
}

const KINDS = ["text", "contains", "regex", "jsonPath", "binaryPrefix", "count"] as const;
/** `within` belongs to the step and is checked there. */
const KEYS = [...KINDS, "equals", "within"] as const;

/**
 * Compiles an expectation.
 * @throws TypeError that names the option below `path` which is wrong
 */
export function compileExpectation(path: string, value: unknown): Matcher {
  const mend = `give one of ${KINDS.join(", ")}, such as { contains: "ready" }`;
  const entries = group(path, value as Partial<Record<(typeof KEYS)[number], unknown>> | undefined, KEYS, mend) ?? {};
  const given = KINDS.filter((kind) => entries[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw invalid(path, "one expectation", given.length === 0 ? value : given.join(", "), mend);
  }
  if (entries.equals !== undefined && kind !== "jsonPath") {
    throw invalid(`${path}.equals`, "it beside jsonPath only", entries.equals, "add jsonPath or leave it out");
  }
  return COMPILERS[kind](`${path}.${kind}`, entries[kind], entries as Expectation);
}

const COMPILERS: Record<
  (typeof KINDS)[number],
  (path: string, value: unknown, entries: Expectation & { equals?: unknown }) => Matcher
> = {
  text(path, value) {
    const expected = text(path, value);
    return single(`the text ${quoted(expected)}`, ({ data }) => data === expected);
  },
  contains(path, value) {
    const expected = text(path, value);
    if (expected === "") throw invalid(path, "a non-empty string", value, "use count: 1 for any message");
    return single(
      `text that contains ${quoted(expected)}`,
      ({ data }) => typeof data === "string" && data.includes(expected),
    );
  },
  regex(path, value) {
    const source = text(path, value);
    const pattern = compiledPattern(path, source);
    return single(
      `text that matches ${excerpt(`/${source}/`)}`,
      ({ data }) => typeof data === "string" && pattern.test(data),
    );
  },
  jsonPath(path, value, entries) {
    const query = compiledPath(path, text(path, value));
    const { equals } = entries;
    const equalsPath = path.replace(/jsonPath$/, "equals");
    const wanted = equals === undefined ? "" : ` is ${excerpt(json(equalsPath, equals))}`;
    return single(`JSON in which ${excerpt(String(value))}${wanted || " exists"}`, ({ data }) =>
      found(query, data, equals),
    );
  },
  binaryPrefix(path, value) {
    const prefix = bytes(path, value);
    return single(
      `a binary message that begins with ${excerpt(prefix.toString("hex"), 64)}`,
      ({ data }) => typeof data !== "string" && data.subarray(0, prefix.length).equals(prefix),
    );
  },
  count(path, value) {
    if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > 100_000) {
      throw invalid(path, "a whole number from 1 to 100000", value, "give how many messages to wait for");
    }
    const count = value as number;
    return { count, description: count === 1 ? "a message" : `${count} messages`, matches: () => true };
  },
};

function single(description: string, matches: (message: ReceivedMessage) => boolean): Matcher {
  return { count: 1, description, matches };
}

function text(path: string, value: unknown): string {
  if (typeof value !== "string") throw invalid(path, "a string", value, "put it in quotes");
  return value;
}

function quoted(value: string): string {
  return `"${excerpt(value)}"`;
}

/**
 * Bytes from hexadecimal, between which spaces may stand.
 * @throws TypeError that names `path`
 */
export function bytes(path: string, value: unknown): Buffer {
  const digits = typeof value === "string" ? value.replaceAll(/\s/g, "") : "";
  if (!/^(?:[0-9a-f]{2})+$/i.test(digits)) {
    throw invalid(path, "bytes in hexadecimal", value, 'give two digits for each byte, such as "0a ff"');
  }
  return Buffer.from(digits, "hex");
}

/**
 * A value as JSON.
 * @throws TypeError that names `path`
 */
export function json(path: string, value: unknown): string {
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
  } catch {
    // A circle or a bigint.
  }
  throw invalid(
    path,
    "a value that JSON has",
    value,
    "give an object, an array, a string, a number, a boolean or null",
  );
}

function compiledPattern(path: string, source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const mend = `${excerpt((error as Error).message)}; the syntax is that of RE2 (no lookaround, no backreferences)`;
    throw invalid(path, "a regular expression", source, mend);
  }
}

function compiledPath(path: string, source: string): JSONPathQuery {
  try {
    return compile(source);
  } catch (error) {
    throw invalid(path, "a JSONPath (RFC 9535)", source, excerpt((error as Error).message));
  }
}

function found(query: JSONPathQuery, data: string | Buffer, equals: unknown): boolean {
  if (typeof data !== "string") return false;
  try {
    for (const { value } of query.lazyQuery(JSON.parse(data) as JSONValue)) {
      if (equals === undefined || isDeepStrictEqual(value, equals)) return true;
    }
  } catch {
    // No JSON, or deeper than a query goes: not the message that is expected.
  }
  return false;
}
