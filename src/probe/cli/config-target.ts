import { parseDuration } from "../../cli/duration.ts";
import type { ProbeStep } from "../types.ts";
import type { ConfiguredTarget } from "./plan.ts";

type Json = Readonly<Record<string, unknown>>;

/** Keys whose values are durations. */
const durations: ReadonlySet<string> = new Set([
  "timeout",
  "max_round_trip",
  "min_certificate_life",
  "duration",
  "ping_interval",
  "within",
  "wait",
]);

/** Keys whose values stand as they are, whatever keys they have themselves. */
const verbatim: ReadonlySet<string> = new Set(["headers", "send_json", "equals"]);

/** A target as the file has it, which fits the schema, as the check takes it. */
export function targetOf(written: Json): ConfiguredTarget {
  const { steps, proxy, ...rest } = written;
  return {
    ...(converted(rest) as unknown as ConfiguredTarget),
    ...(proxy !== undefined && { proxy: proxy === "none" ? false : (proxy as string) }),
    ...(steps !== undefined && { steps: (steps as readonly unknown[]).map(stepOf) }),
  };
}

/** A target with the defaults of the file; header fields and TLS settings are completed one by one. */
export function withDefaults(defaults: Json, target: Json): Json {
  const merged: Record<string, unknown> = { ...defaults, ...target };
  for (const key of ["headers", "tls"]) {
    if (defaults[key] != null && target[key] != null)
      merged[key] = { ...(defaults[key] as Json), ...(target[key] as Json) };
  }
  return merged;
}

function stepOf(step: unknown): ProbeStep {
  if (step === "ping") return { ping: {} };
  const [[kind, value] = ["", undefined]] = Object.entries(step as Json);
  if (kind === "ping") return { ping: converted((value ?? {}) as Json) };
  if (kind === "expect" && typeof value === "string") return { expect: { text: value } };
  if (kind === "expect_close" && typeof value === "number") return { expectClose: { code: value } };
  return converted(step as Json) as unknown as ProbeStep;
}

function converted(object: Json): Json {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      const nested = typeof value === "object" && value !== null && !Array.isArray(value) && !verbatim.has(key);
      if (nested) return [camelCase(key), converted(value as Json)];
      return [camelCase(key), durations.has(key) ? parseDuration(String(value)) : value];
    }),
  );
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A name of the check's as the file has it: `max_round_trip` of `maxRoundTrip`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
