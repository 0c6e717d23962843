import { absoluteUrl, duration, flag, oneOf, text, wholeNumber } from "../../cli/options.ts";
import type { OptionKind } from "../../cli/options.ts";
import { headerField, jsonExpectation, jsonValue, proxyUrl, shortName, variableName } from "./kinds.ts";
import type { ProbeStep } from "../types.ts";

/** Parts of the help, in their order. */
export const optionGroups = ["Connection", "Steps, in the order given", "Expectations", "Runs", "Output"] as const;

type Group = (typeof optionGroups)[number];

/** An option of `otel-ws probe`: how it is read, what it does, and what its help says. */
export interface ProbeOption<T> extends OptionKind<T> {
  group: Group;
  /** Stands for the value in the help; "" where there is none. */
  label: string;
  /** A line of at most 72 characters, or several. */
  help: string;
  /** The part of a target that it sets, such as `tls.caFile`. */
  path?: string;
  /** The step that it adds. */
  step?(value: T): ProbeStep;
}

/** What the options say, by their names. */
export interface ProbeValues {
  name: string;
  timeout: number;
  header: readonly [name: string, value: string];
  subprotocol: string;
  origin: string;
  "bearer-env": string;
  "bearer-file": string;
  "no-compression": boolean;
  ip: "any" | "ipv4" | "ipv6" | "both";
  resolver: string;
  proxy: string | false;
  ca: string;
  cert: string;
  key: string;
  "passphrase-env": string;
  insecure: boolean;
  servername: string;
  "max-redirects": number;
  "max-message-size": number;

  "connect-only": readonly never[];
  ping: true;
  send: string;
  "send-json": { readonly json: unknown };
  "send-binary": string;
  expect: string;
  "expect-contains": string;
  "expect-regex": string;
  "expect-json": { jsonPath: string; equals?: unknown };
  "expect-binary": string;
  "expect-count": number;
  wait: number;
  "expect-close": number;
  within: number;

  "expect-status": number;
  "max-rtt": number;
  "min-cert-life": number;
  duration: number;
  "ping-interval": number;

  config: string;
  "check-config": true;
  interval: number;
  count: number;
  concurrency: number;
  location: string;
  endpoint: string;
  json: true;
  quiet: true;
}

/** Any number of at least `least`; the check itself knows how high it may be. */
const from = (least: number): OptionKind<number> => wholeNumber(least, Number.MAX_SAFE_INTEGER);
const path = text("a path");
const hex = text("bytes in hexadecimal");
const anyText = text("a text", { empty: true });
const families = { any: "any", "4": "ipv4", "6": "ipv6", both: "both", ipv4: "ipv4", ipv6: "ipv6" } as const;

/** An option that sets a part of a target. */
function part<T>(group: Group, path: string, kind: OptionKind<T>, label: string, help: string): ProbeOption<T> {
  return { ...kind, group, label, help, path };
}

/** The same of the first group. */
function connection<T>(path: string, kind: OptionKind<T>, label: string, help: string): ProbeOption<T> {
  return part("Connection", path, kind, label, help);
}

/** An option that adds a step, or belongs to the one before it. */
function step<T>(kind: OptionKind<T>, label: string, help: string, made?: (value: T) => ProbeStep): ProbeOption<T> {
  return { ...kind, group: "Steps, in the order given", label, help, ...(made !== undefined && { step: made }) };
}

/** An option that says how checks are run or shown. */
function setting<T>(group: Group, kind: OptionKind<T>, label: string, help: string): ProbeOption<T> {
  return { ...kind, group, label, help };
}

/** The options of `otel-ws probe`, in the order of the help. */
export const probeOptions: { [Name in keyof ProbeValues]: ProbeOption<ProbeValues[Name]> } = {
  name: connection("name", text("a name"), "NAME", "Name of the check (default: host and path of the URL)"),
  timeout: connection("timeout", duration(), "TIME", "For everything but --duration (default: 10s)"),
  header: connection(
    "headers",
    { ...headerField, short: "H" },
    "FIELD",
    "'Name: value' for the upgrade request; may be repeated",
  ),
  subprotocol: connection("subprotocols", text("a name"), "NAME", "Offer this subprotocol; may be repeated"),
  origin: connection("origin", text("an origin such as https://example.com"), "ORIGIN", "Send this Origin"),
  "bearer-env": connection("bearer.env", variableName, "VAR", "Authorize with the token in this environment variable"),
  "bearer-file": connection("bearer.file", path, "FILE", "Authorize with the token in this file"),
  "no-compression": connection("compression", flag(false), "", "Do not offer permessage-deflate"),
  ip: connection(
    "ip",
    { ...oneOf(families), expected: "any, 4, 6 or both" },
    "FAMILY",
    "any, 4, 6, or both: two checks, one for each (default: any)",
  ),
  resolver: connection(
    "resolver",
    text("an address such as 192.0.2.1 or 192.0.2.1:5353"),
    "ADDRESS",
    "Ask this DNS server, such as 192.0.2.1:5353",
  ),
  proxy: connection(
    "proxy",
    proxyUrl,
    "URL",
    "Use this HTTP proxy, or none\n(default: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY decide)",
  ),
  ca: connection("tls.caFile", path, "FILE", "Trust the authorities in this PEM file, and no others"),
  cert: connection("tls.certFile", path, "FILE", "PEM file with the certificate of this client"),
  key: connection("tls.keyFile", path, "FILE", "PEM file with its key"),
  "passphrase-env": connection(
    "tls.passphrase.env",
    variableName,
    "VAR",
    "Environment variable with the key's passphrase",
  ),
  insecure: connection("tls.insecure", flag(true), "", "Go on with a certificate that is not valid"),
  servername: connection("tls.serverName", text("a name"), "NAME", "Expect this name in the certificate"),
  "max-redirects": connection("maxRedirects", from(0), "N", "Follow so many redirects (default: 0, as browsers)"),
  "max-message-size": connection("maxMessageSize", from(1), "BYTES", "Largest message to accept (default: 1048576)"),

  "connect-only": {
    ...step(flag([] as const), "", "No step, not even the ping that is the default"),
    path: "steps",
  },
  ping: step(flag(true as const), "", "Send a ping and wait for its pong", () => ({ ping: {} })),
  send: step(anyText, "TEXT", "Send a text message", (send) => ({ send })),
  "send-json": step(jsonValue, "JSON", "Send JSON as a text message", ({ json }) => ({ sendJson: json })),
  "send-binary": step(hex, "HEX", "Send a binary message", (sendBinary) => ({ sendBinary })),
  expect: step(anyText, "TEXT", "Wait for exactly this text; other messages are passed over", (text) => ({
    expect: { text },
  })),
  "expect-contains": step(text("a text"), "TEXT", "Wait for a text that contains this", (contains) => ({
    expect: { contains },
  })),
  "expect-regex": step(text("a regular expression"), "REGEX", "Wait for a text that matches (RE2 syntax)", (regex) => ({
    expect: { regex },
  })),
  "expect-json": step(
    jsonExpectation,
    "PATH[=JSON]",
    "Wait for JSON in which this JSONPath finds something, or this value",
    (expect) => ({ expect }),
  ),
  "expect-binary": step(hex, "HEX", "Wait for a binary message that begins so", (binaryPrefix) => ({
    expect: { binaryPrefix },
  })),
  "expect-count": step(from(1), "N", "Wait for so many messages of any kind", (count) => ({ expect: { count } })),
  wait: step(duration(), "TIME", "Do nothing for this long", (wait) => ({ wait })),
  "expect-close": step(from(0), "CODE", "Wait for the server to close with this code; the last step", (code) => ({
    expectClose: { code },
  })),
  within: step(duration(), "TIME", "How long the step before may take (default: 5s)"),

  "expect-status": part(
    "Expectations",
    "expectStatus",
    from(0),
    "STATUS",
    "The upgrade must be refused with this status, such as 401",
  ),
  "max-rtt": part("Expectations", "maxRoundTrip", duration(), "TIME", "A slower round trip is degraded"),
  "min-cert-life": part(
    "Expectations",
    "minCertificateLife",
    duration(),
    "TIME",
    "A certificate that expires sooner is degraded",
  ),

  duration: part("Runs", "hold.duration", duration(), "TIME", "Hold the connection, with pings: how stable is it?"),
  "ping-interval": part("Runs", "hold.pingInterval", duration(), "TIME", "Between these pings (default: 1s)"),
  interval: setting(
    "Runs",
    duration(100, 604_800_000),
    "TIME",
    "Check again and again, at this interval, until Ctrl-C",
  ),
  count: setting("Runs", from(1), "N", "End after so many runs of each check"),
  concurrency: setting("Runs", wholeNumber(1, 1000), "N", "Runs that may go on at a time (default: 50)"),
  config: setting("Runs", path, "FILE", "Take the checks from a YAML file instead"),
  "check-config": setting("Runs", flag(true as const), "", "Only say what is wrong with that file"),

  location: setting("Output", shortName, "NAME", "Where this runs, for telemetry: websocket.probe.location"),
  endpoint: setting(
    "Output",
    absoluteUrl("http", "https"),
    "URL",
    "Export to this OTLP endpoint, such as http://localhost:4318;\nother OTEL_* variables apply",
  ),
  json: setting("Output", flag(true as const), "", "Print one JSON object for each run, on a line of its own"),
  quiet: setting("Output", { ...flag(true as const), short: "q" }, "", "Print nothing but problems; see the exit code"),
};
