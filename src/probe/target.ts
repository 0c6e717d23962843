/** A target: checked, with every default filled in. */
import { flag, group, integer, invalid } from "../core/validate.ts";
import { resolveSteps } from "./steps.ts";
import type { ResolvedStep } from "./steps.ts";
import { dnsServer, family, proxyUrl } from "./target-network.ts";
import { HIDDEN, headerFields, headerValue, subprotocols, targetUrl } from "./target-request.ts";
import { secret, tlsOptions } from "./target-tls.ts";
import type { ResolvedTls } from "./target-tls.ts";
import type { ProbeHold, ProbeTarget, SecretSource } from "./types.ts";

/** How a connection is held. Times in milliseconds. */
export interface ResolvedHold {
  readonly duration: number;
  readonly pingInterval: number;
  readonly send: string | undefined;
}

/** A target with its defaults. Times in milliseconds. */
export interface ResolvedTarget {
  readonly url: URL;
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
  readonly origin: string | undefined;
  readonly bearer: SecretSource | undefined;
  readonly compression: boolean;
  readonly ip: "any" | "ipv4" | "ipv6";
  readonly resolver: string | undefined;
  /** `undefined` where the environment decides. */
  readonly proxy: URL | false | undefined;
  readonly tls: ResolvedTls;
  readonly maxRedirects: number;
  readonly maxMessageSize: number;
  readonly timeout: number;
  readonly steps: readonly ResolvedStep[];
  readonly expectStatus: number | undefined;
  readonly maxRoundTrip: number | undefined;
  readonly minCertificateLife: number | undefined;
  readonly hold: ResolvedHold | undefined;
}

const KEYS: readonly (keyof ProbeTarget)[] = [
  "url",
  "name",
  "headers",
  "subprotocols",
  "origin",
  "bearer",
  "compression",
  "ip",
  "resolver",
  "proxy",
  "tls",
  "maxRedirects",
  "maxMessageSize",
  "timeout",
  "steps",
  "expectStatus",
  "maxRoundTrip",
  "minCertificateLife",
  "hold",
];

const MAX_NAME = 128;
const DAY = 86_400_000;
/**
 * Checks a target and fills in its defaults.
 * @throws TypeError that names the option, such as `steps[2].expect.regex`
 */
export function resolveTarget(target: unknown): ResolvedTarget {
  if (typeof target !== "object" || target === null || Array.isArray(target)) {
    throw invalid("target", "an object", target, 'pass { url: "wss://example.com/chat" }');
  }
  const given = target as ProbeTarget;
  for (const key of Object.keys(given)) {
    if (!(KEYS as readonly string[]).includes(key)) {
      throw invalid(key, "no such option", given[key as keyof ProbeTarget], `known ones are ${KEYS.join(", ")}`);
    }
  }
  const url = targetUrl(given.url);
  const timeout = milliseconds("timeout", given.timeout, 3_600_000, 10_000);
  const expectStatus = optional(given.expectStatus, (value) => integer("expectStatus", value, 200, 599, 401));
  const headers = headerFields(given.headers);
  const hold = holding(given.hold);
  const steps = expectStatus !== undefined && given.steps === undefined ? [] : resolveSteps(given.steps, timeout);
  const resolved: ResolvedTarget = {
    url,
    name: given.name === undefined ? defaultName(url) : checkedName(given.name),
    headers,
    subprotocols: subprotocols(given.subprotocols),
    origin: optional(given.origin, (value) => headerValue("origin", value)),
    bearer: secret("bearer", given.bearer),
    compression: flag("compression", given.compression, true),
    ip: family(given.ip),
    resolver: optional(given.resolver, dnsServer),
    proxy: given.proxy === false ? false : optional(given.proxy, proxyUrl),
    tls: tlsOptions(given.tls),
    maxRedirects: integer("maxRedirects", given.maxRedirects, 0, 20, 0),
    maxMessageSize: integer("maxMessageSize", given.maxMessageSize, 1, 256 * 1024 * 1024, 1_048_576),
    timeout,
    steps,
    expectStatus,
    maxRoundTrip: optional(given.maxRoundTrip, (value) => limit("maxRoundTrip", value)),
    minCertificateLife: optional(given.minCertificateLife, (value) => limit("minCertificateLife", value)),
    hold,
  };
  checkTogether(resolved);
  return resolved;
}

/** Options that are right by themselves and not beside each other. */
function checkTogether({ url, headers, origin, bearer, steps, expectStatus, hold }: ResolvedTarget): void {
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  if (bearer !== undefined && (names.has("authorization") || url.username !== "" || url.password !== "")) {
    throw invalid("bearer", "one Authorization only", HIDDEN, "leave out the header field, or the user of the URL");
  }
  if (origin !== undefined && names.has("origin")) {
    throw invalid("origin", "one Origin only", origin, "leave it out of headers");
  }
  if (expectStatus !== undefined && steps.length > 0) {
    throw invalid("steps", "no steps beside expectStatus", [], "nothing can follow a refused upgrade; leave one out");
  }
  if (hold === undefined) return;
  if (expectStatus !== undefined) {
    throw invalid(
      "hold",
      "it not beside expectStatus",
      hold,
      "a refused upgrade leaves nothing to hold; leave one out",
    );
  }
  if (steps.at(-1)?.kind === "expectClose") {
    throw invalid("hold", "it not beside expectClose", hold, "a closed connection cannot be held; leave one out");
  }
}

function optional<V, T>(value: V | undefined, resolve: (value: V) => T): T | undefined {
  return value === undefined ? undefined : resolve(value);
}

function milliseconds(option: string, value: unknown, most: number, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== "number" || !(value >= 1 && value <= most)) {
    throw invalid(option, `milliseconds from 1 to ${most}`, value, `leave it out for ${fallback}`);
  }
  return value;
}

function defaultName(url: URL): string {
  return `${url.host}${url.pathname === "/" ? "" : url.pathname}`.slice(0, MAX_NAME);
}

function checkedName(value: unknown): string {
  if (typeof value === "string" && value.trim() !== "" && value.length <= MAX_NAME) return value;
  throw invalid("name", `a non-empty string of at most ${MAX_NAME} characters`, value, 'give one such as "chat"');
}

function holding(value: unknown): ResolvedHold | undefined {
  const keys = ["duration", "pingInterval", "send"] as const;
  const hold = group("hold", value as ProbeHold | undefined, keys, "give { duration: 60000 } for a minute");
  if (hold === undefined) return undefined;
  const { duration, pingInterval = 1000, send } = hold;
  if (typeof duration !== "number" || !(duration >= 1000 && duration <= DAY)) {
    throw invalid("hold.duration", `milliseconds from 1000 to ${DAY}`, duration, "give 60000 for a minute");
  }
  if (typeof pingInterval !== "number" || !(pingInterval >= 100 && pingInterval <= DAY)) {
    throw invalid("hold.pingInterval", `milliseconds from 100 to ${DAY}`, pingInterval, "leave it out for 1000");
  }
  if (send !== undefined && typeof send !== "string") {
    throw invalid("hold.send", "a string", send, "leave it out to send nothing");
  }
  return { duration, pingInterval, send };
}

function limit(option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
  throw invalid(option, "a number of milliseconds greater than 0", value, "leave it out for no limit");
}
