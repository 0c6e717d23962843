/**
 * Keeps OpenTelemetry's HTTP instrumentation from the request of one handshake. Making the request with tracing
 * suppressed would do it too, but its socket keeps that context, and with it all that message listeners do later would
 * go untraced. So the function that the instrumentation has wrapped is called instead of its wrapper.
 */
import http from "node:http";
import https from "node:https";

type Request = (this: unknown, ...args: unknown[]) => unknown;
type HttpModule = Record<"request" | "get", Request>;

/** A wrapper as `InstrumentationBase` makes it. */
interface Wrapper extends Request {
  readonly __original?: Wrapper;
}

interface Placed {
  readonly module: HttpModule;
  readonly name: "request" | "get";
  readonly original: PropertyDescriptor;
  readonly standIn: Request;
}

/** Where a redirection leads is not known before. */
const MODULES = [http, https] as unknown as readonly HttpModule[];
/** Older releases of `ws` call `get`, the present ones `request`. */
const NAMES = ["request", "get"] as const;

/** What the source of the HTTP instrumentation's wrappers has in it, also where the code was minified. */
const SOURCE: Readonly<Record<"request" | "get", RegExp>> = {
  request: /ignoreOutgoingRequestHook|_getPatchOutgoingRequestFunction/,
  get: /\.end\(\)|_getPatchOutgoingGetFunction/,
};

/** Verdicts; the text of a function is not cheap to have. */
const known = new WeakMap<Request, boolean>();
const standIns = new WeakMap<Request, Request>();
let placed: Placed[] = [];

/** Requests of handshakes pass the HTTP instrumentation by until `restoreHttp` is called, in the same tick. */
export function bypassHttpInstrumentation(): void {
  restoreHttp();
  for (const module of MODULES) {
    // Only `request` is sure to be known; who wraps one of the two wraps both.
    if (unwrap(module.request, "request") === module.request) continue;
    for (const name of NAMES) place(module, name);
  }
}

/** Puts everything back as it was. */
export function restoreHttp(): void {
  const all = placed;
  placed = [];
  for (const { module, name, original, standIn } of all) {
    // What somebody has put there since stays: a stand-in beneath it only passes on from now on.
    if (module[name] === standIn) Object.defineProperty(module, name, original);
  }
}

function place(module: HttpModule, name: "request" | "get"): void {
  const original = Object.getOwnPropertyDescriptor(module, name);
  const wrapper: unknown = original?.value;
  if (original?.configurable !== true || typeof wrapper !== "function") return;
  const wrapped = unwrap(wrapper as Wrapper, name);
  if (wrapped === wrapper) return;
  const standIn = standInFor(wrapper as Wrapper, wrapped);
  Object.defineProperty(module, name, { ...original, value: standIn });
  placed.push({ module, name, original, standIn });
}

/** What stands in for a wrapper; it is the wrapper for every other request. */
function standInFor(wrapper: Wrapper, wrapped: Wrapper): Request {
  const before = standIns.get(wrapper);
  if (before !== undefined) return before;
  const standIn = function (this: unknown, ...args: unknown[]): unknown {
    const bypass = placed.some((one) => one.standIn === standIn) && isHandshake(args[0]);
    return Reflect.apply(bypass ? wrapped : wrapper, this, args);
  };
  for (const key of ["name", "length"] as const) {
    Object.defineProperty(standIn, key, { value: wrapper[key], configurable: true });
  }
  standIns.set(wrapper, standIn);
  return standIn;
}

/** Whether these are the options that `ws` makes; it writes this header field so. */
function isHandshake(options: unknown): boolean {
  const headers = (options as { headers?: unknown } | undefined)?.headers;
  return typeof headers === "object" && headers !== null && "Sec-WebSocket-Key" in headers;
}

/**
 * What the HTTP instrumentation has wrapped; with the loader hook for ES modules it does so twice. A wrapper beneath
 * that of another library cannot be left out.
 */
function unwrap(wrapper: Wrapper, name: "request" | "get"): Wrapper {
  let current = wrapper;
  while (current.__original !== undefined && isOfHttpInstrumentation(current, name)) current = current.__original;
  return current;
}

function isOfHttpInstrumentation(wrapper: Wrapper, name: "request" | "get"): boolean {
  const before = known.get(wrapper);
  if (before !== undefined) return before;
  const result = SOURCE[name].test(Function.prototype.toString.call(wrapper));
  known.set(wrapper, result);
  return result;
}
