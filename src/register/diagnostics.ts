import { Console } from "node:console";
import { inspect } from "node:util";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { text } from "./env.ts";

/** How long a message is not repeated, in milliseconds. */
const QUIET = 60_000;
/** Different messages that are remembered. */
const MAX_MESSAGES = 100;
const MAX_LENGTH = 500;

/** Where `@opentelemetry/api` keeps what is registered; the only way to see whether `diag` has a logger. */
const API_GLOBAL = Symbol.for("opentelemetry.js.api.1");

/** What exports fail with where nothing takes telemetry. */
const NOT_TAKEN =
  /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|AggregateError|OTLPExporterError|UNAVAILABLE|timed out|not sent within/;
const HINT = "Check OTEL_EXPORTER_OTLP_ENDPOINT, and that something takes OTLP there.";

interface Seen {
  at: number;
  hidden: number;
}

/** Passes each message on at most once in 60 seconds, with the number of those that were held back. */
export class Quiet {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen>();

  constructor(write: (line: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
  }

  report(severity: string, message: unknown, details: readonly unknown[]): void {
    const line = `OpenTelemetry ${severity}: ${[message, ...details].map(describe).join(" ")}`.slice(0, MAX_LENGTH);
    // Ports, counts and times differ from one occurrence to the next.
    const key = line.replaceAll(/\d+/g, "0");
    const before = this.#seen.get(key);
    const now = this.#now();
    if (before !== undefined && now - before.at < QUIET) {
      before.hidden += 1;
      return;
    }
    this.#seen.delete(key);
    this.#seen.set(key, { at: now, hidden: 0 });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > MAX_MESSAGES && oldest !== undefined) this.#seen.delete(oldest);
    const hidden = before !== undefined && before.hidden > 0 ? ` (and ${before.hidden} more since the last one)` : "";
    this.#write(`${line}${hidden}${NOT_TAKEN.test(line) ? `. ${HINT}` : ""}`);
  }
}

/**
 * Prints warnings and errors of OpenTelemetry to stderr, each at most once a minute: without a logger, a wrong
 * endpoint would go unnoticed, and the API's console logger prints every failure with its stack. Does nothing where
 * the application has set a logger, or OTEL_LOG_LEVEL is set, which the SDK follows by itself, if there is one.
 */
export function reportProblems({ sdk }: { sdk: boolean }): void {
  const registered = (globalThis as { [API_GLOBAL]?: { diag?: unknown } })[API_GLOBAL];
  const level = text("OTEL_LOG_LEVEL")?.toLowerCase();
  if (registered?.diag !== undefined || level === "none" || (sdk && level !== undefined)) return;
  let stderr: Console | undefined;
  const quiet = new Quiet(
    // A console of our own survives a closed stderr, and is not one that the application has patched.
    (line) => (stderr ??= new Console(process.stderr)).error(line),
    () => performance.now(),
  );
  const ignore = (): void => {};
  const logger = {
    error: (message: string, ...details: unknown[]) => quiet.report("error", message, details),
    warn: (message: string, ...details: unknown[]) => quiet.report("warning", message, details),
    info: ignore,
    debug: ignore,
    verbose: ignore,
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return value.map(describe).join(", ");
  if (value instanceof Error) return describeError(value);
  if (typeof value !== "string") return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  return value.startsWith("{") ? describeJson(value) : firstLine(value);
}

/** The SDK hands errors over as JSON, stack and all. */
function describeJson(json: string): string {
  try {
    return describeError(JSON.parse(json) as Partial<Error>);
  } catch {
    return firstLine(json);
  }
}

function describeError({ name, message = "", code = "" }: Partial<Error> & { code?: string | number }): string {
  const what = firstLine(message);
  // The error of a host with several addresses (localhost) has a code and no message.
  const detail = what.includes(String(code)) ? what : `${what} (${code})`.trimStart();
  return name === undefined || name === "Error" ? detail : `${name}: ${detail}`;
}

function firstLine(value: string): string {
  return value.split("\n", 1)[0]!;
}
