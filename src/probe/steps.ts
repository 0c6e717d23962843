/** The steps of a target: checked, compiled, with their defaults. */
import { group, invalid } from "../core/validate.ts";
import { bytes, compileExpectation, json } from "./expectation.ts";
import type { Matcher } from "./expectation.ts";

/** A step as it is run. Times in milliseconds. */
export type ResolvedStep =
  | { readonly kind: "ping"; readonly within: number }
  | { readonly kind: "send"; readonly data: string | Buffer }
  | { readonly kind: "expect"; readonly within: number; readonly matcher: Matcher }
  | { readonly kind: "wait"; readonly time: number }
  | { readonly kind: "expectClose"; readonly within: number; readonly code: number };

/** How long a step may take that does not say it. */
const WITHIN = 5000;
const MAX_STEPS = 1000;
const KINDS = ["ping", "send", "sendJson", "sendBinary", "expect", "wait", "expectClose"] as const;

/** What is checked where a target does not say it. */
export const DEFAULT_STEPS: readonly ResolvedStep[] = [{ kind: "ping", within: WITHIN }];

/** @throws TypeError that names the step and the option in it which is wrong */
export function resolveSteps(value: unknown, timeout: number): readonly ResolvedStep[] {
  if (value === undefined) return DEFAULT_STEPS;
  if (!Array.isArray(value) || value.length > MAX_STEPS) {
    const mend = "give an array such as [{ ping: {} }], or [] to connect only";
    throw invalid("steps", `an array of at most ${MAX_STEPS} steps`, value, mend);
  }
  const steps = value.map((step: unknown, index) => resolveStep(`steps[${index}]`, step));
  const closing = steps.findIndex(({ kind }) => kind === "expectClose");
  if (closing !== -1 && closing < steps.length - 1) {
    throw invalid(
      `steps[${closing + 1}]`,
      "no step after expectClose",
      value[closing + 1],
      "make expectClose the last",
    );
  }
  checkWaits(steps, timeout);
  return steps;
}

function resolveStep(path: string, value: unknown): ResolvedStep {
  const mend = `give one of ${KINDS.join(", ")}, such as { send: "hello" }`;
  const step = group(path, value as Record<(typeof KINDS)[number], unknown> | undefined, KINDS, mend);
  const given = KINDS.filter((kind) => step?.[kind] !== undefined);
  const [kind] = given;
  if (step === undefined || kind === undefined || given.length > 1) {
    throw invalid(path, "one step", given.length === 0 ? value : given.join(", "), mend);
  }
  return RESOLVERS[kind](`${path}.${kind}`, step[kind]);
}

const RESOLVERS: Record<(typeof KINDS)[number], (path: string, value: unknown) => ResolvedStep> = {
  ping(path, value) {
    const ping = group(path, value as { within?: unknown }, ["within"], "give {} or { within: 1000 }");
    return { kind: "ping", within: time(`${path}.within`, ping?.within) };
  },
  send(path, value) {
    if (typeof value !== "string") throw invalid(path, "a string", value, "put it in quotes, or use sendJson");
    return { kind: "send", data: value };
  },
  sendJson(path, value) {
    return { kind: "send", data: json(path, value) };
  },
  sendBinary(path, value) {
    return { kind: "send", data: bytes(path, value) };
  },
  expect(path, value) {
    const matcher = compileExpectation(path, value);
    return { kind: "expect", matcher, within: time(`${path}.within`, (value as { within?: unknown }).within) };
  },
  wait(path, value) {
    return { kind: "wait", time: time(path, value) };
  },
  expectClose(path, value) {
    const mend = "give a code, such as { code: 1008 }";
    const { code, within } = group(path, value as { code: unknown; within?: unknown }, ["code", "within"], mend) ?? {};
    if (!Number.isInteger(code) || (code as number) < 1000 || (code as number) > 4999) {
      throw invalid(`${path}.code`, "a close code from 1000 to 4999", code, mend);
    }
    return { kind: "expectClose", code: code as number, within: time(`${path}.within`, within) };
  },
};

function time(path: string, value: unknown): number {
  if (value === undefined) return WITHIN;
  if (typeof value !== "number" || !(value > 0 && value <= 3_600_000)) {
    throw invalid(path, "milliseconds, more than 0 and at most 3600000", value, "give 5000 for 5 seconds");
  }
  return value;
}

/** A check whose own pauses take all of its time could only fail. */
function checkWaits(steps: readonly ResolvedStep[], timeout: number): void {
  let waits = 0;
  for (const [index, step] of steps.entries()) {
    if (step.kind !== "wait") continue;
    waits += step.time;
    if (waits >= timeout) {
      const expected = `pauses of less than the timeout of ${timeout} ms in all`;
      throw invalid(`steps[${index}].wait`, expected, waits, "shorten them or raise timeout");
    }
  }
}
