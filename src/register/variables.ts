import type { ObserverOptions } from "../core/options.ts";

/** Begins the name of every variable that is ours. */
export const PREFIX = "OTEL_WEBSOCKET_";
/** Names a file with options. */
export const CONFIG_FILE = "OTEL_WEBSOCKET_CONFIG_FILE";

type AnyFunction = (...args: never[]) => unknown;
/** Paths (`heartbeat.interval`) of the options in a value that are no functions; unions are looked at one by one. */
type PathsOf<Value, Path extends string> = Value extends AnyFunction | undefined
  ? never
  : Value extends string | number | boolean | readonly unknown[]
    ? Path
    : { [Key in keyof Value & string]-?: PathsOf<Value[Key], `${Path}.${Key}`> }[keyof Value & string];
type Paths = { [Key in keyof ObserverOptions]-?: PathsOf<ObserverOptions[Key], Key> }[keyof ObserverOptions];

/** Every option that is no function; `capacity` itself, given as a number, means its limit. */
export type OptionPath = Exclude<Paths, "capacity">;

/** How the text of a variable becomes the value of an option. */
export interface Variable {
  /** What the text must be, as it stands after "expected". */
  readonly expected: string;
  /** A value to copy. */
  readonly example: string;
  /** `undefined` where the text is not what is expected. Bounds are the option's to check. */
  read(text: string): unknown;
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

const number = (expected: string, example: number): Variable => ({
  expected,
  example: String(example),
  read: (text) => (NUMBER.test(text) ? Number(text) : undefined),
});

const flag: Variable = {
  expected: "true or false",
  example: "true",
  read: (text) => ({ true: true, false: false })[text.toLowerCase()],
};

const choice = (...values: readonly string[]): Variable => ({
  expected: values.join(" or "),
  example: values.at(-1)!,
  read: (text) => values.find((value) => value === text.toLowerCase()),
});

const numbers = (expected: string, example: string): Variable => ({
  expected,
  example,
  read: (text) => (entriesOf(text).every((entry) => NUMBER.test(entry)) ? entriesOf(text).map(Number) : undefined),
});

const words = (expected: string, example: string): Variable => ({ expected, example, read: entriesOf });

function entriesOf(text: string): string[] {
  const entries = text.split(",").map((entry) => entry.trim());
  return entries.filter((entry) => entry !== "");
}

const MILLISECONDS = "a number of milliseconds";

/** A variable for every option that is no function: the compiler asks for each, and for no other. */
export const VARIABLES: Readonly<Record<OptionPath, Variable>> = {
  subprotocols: words("names of subprotocols, separated by commas", "chat.v1,chat.v2"),
  closeCodes: numbers("close codes from 1000 to 4999, separated by commas", "4401,4403"),
  suppressHttpSpan: flag,
  "connectionSpan.mode": choice("segments", "lifetime", "deferred", "off"),
  "connectionSpan.segmentDuration": number("a number of milliseconds from 1000 to 86400000", 1_800_000),
  "events.lifecycle": flag,
  "events.checkpointInterval": number("0 or a number of milliseconds from 1000 to 86400000", 60_000),
  "events.conditions": flag,
  "events.as": choice("logs", "spans"),
  "messageSpans.receive": flag,
  "messageSpans.send": flag,
  "messageSpans.ratio": number("a number from 0 to 1", 0.01),
  "messageSpans.maxOperations": number("a whole number from 1 to 1000", 50),
  propagateConnection: flag,
  maxAttributeSets: number("a whole number from 1 to 498", 200),
  "heartbeat.interval": number(MILLISECONDS, 30_000),
  "heartbeat.timeout": number(MILLISECONDS, 10_000),
  "heartbeat.maxMissed": number("a whole number from 1 to 1000", 3),
  "heartbeat.terminate": flag,
  "heartbeat.application.consume": flag,
  "slowConsumer.bytes": number("a number of bytes", 262_144),
  "slowConsumer.duration": number(MILLISECONDS, 10_000),
  "slowConsumer.policy": choice("observe", "close"),
  "reconnections.threshold": number("a whole number from 1 to 1000", 10),
  "reconnections.window": number(MILLISECONDS, 60_000),
  "capacity.limit": number("a whole number of connections from 1 on", 10_000),
  "capacity.warnAt": number("a share greater than 0 and up to 1", 0.9),
  ageGroups: numbers("one to six ascending numbers of milliseconds, separated by commas", "60000,3600000"),
  processingTime: flag,
  sendTime: flag,
  maxPendingAcks: number("a whole number from 1 to 100000", 100),
};

/** The main option of a group has the name of the group. */
const SHORT: Readonly<Partial<Record<string, string>>> = {
  "connectionSpan.mode": "connectionSpan",
  "capacity.limit": "capacity",
};

/** The name of an option's variable: `slowConsumer.bytes` is OTEL_WEBSOCKET_SLOW_CONSUMER_BYTES. */
export function variableName(path: string): string {
  const words = (SHORT[path] ?? path).replaceAll(/[A-Z]/g, "_$&").replaceAll(".", "_");
  return `${PREFIX}${words.toUpperCase()}`;
}

/** The path of the option that an error names; `undefined` where it has no variable. */
export function pathOf(option: string): OptionPath | undefined {
  const path = option === "capacity" ? "capacity.limit" : option;
  return Object.hasOwn(VARIABLES, path) ? (path as OptionPath) : undefined;
}
