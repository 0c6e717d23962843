import { reportOnce } from "../contain.ts";
import type { HandshakeRequest } from "../facts.ts";
import { flag, group, integer, invalid, optionalFunction, positive } from "../validate.ts";
import { AgeGroups } from "./age.ts";
import type { CapacityWarning } from "./capacity.ts";
import type { HeartbeatRules } from "./heartbeat.ts";
import { qualityScore } from "./quality.ts";
import type { QualityInputs } from "./quality.ts";
import { MemoryReconnectionStore } from "./reconnections.ts";
import type { ReconnectionRules, ReconnectionStore } from "./reconnections.ts";
import type { SlowConsumerRule } from "./slow-consumers.ts";

/** Heartbeats that we send. Those of the application's own are measured without any option. */
export interface HeartbeatOptions {
  /** Milliseconds between heartbeats; up to a tenth less, at random, so that connections do not beat together. */
  interval: number;
  /**
   * Milliseconds that an answer may take; less than the interval.
   * @default half of the interval, at most 10000
   */
  timeout?: number | undefined;
  /**
   * Heartbeats in a row that may go unanswered before the connection counts as lost.
   * @default 2
   */
  maxMissed?: number | undefined;
  /**
   * Whether a lost connection is terminated; it then closes with `error.type` `heartbeat_timeout`.
   * @default false
   */
  terminate?: boolean | undefined;
  /**
   * Sends messages of the application's own instead of pings.
   * @default protocol pings
   */
  application?: ApplicationHeartbeatOptions | undefined;
}

/** A heartbeat message and its acknowledgement. */
export interface ApplicationHeartbeatOptions {
  /** Makes the message of heartbeat number `sequence`, which counts from 1 on each connection. */
  create: (sequence: number) => string | Uint8Array;
  /**
   * Whether a message acknowledges a heartbeat. Sees every message before the application's listeners do, in the form
   * that they get (`ws` 8: a Buffer for text too). With the number of the heartbeat instead of `true` a late
   * acknowledgement is told from a timely one, also after others were missed.
   */
  match: (message: unknown) => boolean | number;
  /**
   * Whether acknowledgements are kept from the application's listeners.
   * @default false
   */
  consume?: boolean | undefined;
}

/** What a policy may do with a slow consumer. */
export interface SlowConsumer {
  /** Bytes that wait to be sent. */
  readonly bufferedAmount: number;
  /** Sends a close frame. */
  close(code: number, reason?: string): void;
  terminate(): void;
}

/** When a peer reads too slowly, and what happens then. */
export interface SlowConsumerOptions {
  /**
   * Bytes that wait to be sent from which on a connection is watched.
   * @default 1048576
   */
  bytes?: number | undefined;
  /**
   * Milliseconds for which they do before it is a slow consumer. Connections are looked at when metrics are collected.
   * @default 5000
   */
  duration?: number | undefined;
  /**
   * `observe` only reports; `close` closes with 1013 (try again later); a function decides itself.
   * @default "observe"
   */
  policy?: "observe" | "close" | ((consumer: SlowConsumer) => void) | undefined;
}

/** How many connections a server is meant to hold. */
export interface CapacityOptions {
  /** The limit, or what finds it out. */
  limit: number | (() => number);
  /**
   * Share of the limit from which on a warning is given; it ends at 95 % of that.
   * @default 0.8
   */
  warnAt?: number | undefined;
  /** Told when the mark is crossed, upwards and downwards. */
  onWarning?: ((warning: CapacityWarning) => void) | undefined;
}

/** How clients that come back are counted. Needs `clientId`. */
export interface ReconnectionOptions {
  /**
   * Remembers clients between connections. One store in Redis serves several server instances.
   * @default a `MemoryReconnectionStore` of 100,000 clients and ten minutes
   */
  store?: ReconnectionStore | undefined;
  /**
   * Reconnections within the window from which on a client is a frequent reconnector, 1 to 1000.
   * @default 5
   */
  threshold?: number | undefined;
  /**
   * Length of the window in milliseconds. It slides.
   * @default 60000
   */
  window?: number | undefined;
  /**
   * What spans say about the client: return a keyed hash of its identity, for example. Metrics never carry it.
   * @default nothing
   */
  describeClient?: ((client: string) => string) | undefined;
}

/** What is observed of connections that live long. */
export interface HealthOptions {
  /**
   * Sends heartbeats.
   * @default none are sent; those of the application's own are measured
   */
  heartbeat?: HeartbeatOptions | undefined;
  /** When a peer reads too slowly. */
  slowConsumer?: SlowConsumerOptions | undefined;
  /**
   * Names the client of an upgrade request, so that its reconnections are known: a user, a device, or, where one has
   * several tabs open, a tab. Never on a metric; the first 256 characters count. Server only.
   * @default none; reconnections are not counted
   */
  clientId?: ((request: HandshakeRequest) => string | undefined) | undefined;
  /** How reconnections are counted. */
  reconnections?: ReconnectionOptions | undefined;
  /**
   * How many connections this server is meant to hold. Server only.
   * @default none
   */
  capacity?: number | (() => number) | CapacityOptions | undefined;
  /**
   * Limits between age groups, ascending, in milliseconds; one to six.
   * @default [3600000, 86400000]
   */
  ageGroups?: readonly number[] | undefined;
  /**
   * Computes the quality of a connection, 0 to 100; `undefined` leaves the connection out. Asked at each collection
   * and at the close, for connections with heartbeats only.
   * @default 40 for heartbeats answered, 30 for latency, 30 for stability
   */
  quality?: ((inputs: QualityInputs) => number | undefined) | undefined;
  /**
   * Measures how long the application's message listeners take.
   * @default false
   */
  processingTime?: boolean | undefined;
  /**
   * Measures the time from `send()` to its callback.
   * @default false
   */
  sendTime?: boolean | undefined;
  /**
   * Acknowledgements that may be pending on one connection; the oldest is given up for a further one.
   * @default 1000
   */
  maxPendingAcks?: number | undefined;
}

/** The health options with every default filled in. Times are milliseconds for timers and seconds elsewhere. */
export interface ResolvedHealth {
  readonly heartbeat: HeartbeatRules | undefined;
  /** Seconds that the pong of a ping of the application's own may take. */
  readonly pingTimeout: number;
  readonly slowConsumer: SlowConsumerRule & {
    readonly policy: "observe" | "close" | ((consumer: SlowConsumer) => void);
  };
  readonly clientId: ((request: HandshakeRequest) => string | undefined) | undefined;
  readonly reconnections: ReconnectionRules & {
    readonly store: ReconnectionStore;
    readonly describeClient: ((client: string) => string) | undefined;
  };
  readonly capacity: ResolvedCapacity | undefined;
  readonly ageGroups: AgeGroups;
  readonly quality: (inputs: QualityInputs) => number | undefined;
  readonly processingTime: boolean;
  readonly sendTime: boolean;
  readonly maxPendingAcks: number;
}

/** The capacity with its defaults. */
export interface ResolvedCapacity {
  readonly limit: () => number | undefined;
  readonly warnAt: number;
  readonly onWarning: ((warning: CapacityWarning) => void) | undefined;
}

/** Names of the health options. */
export const HEALTH_KEYS: readonly (keyof HealthOptions)[] = [
  "heartbeat",
  "slowConsumer",
  "clientId",
  "reconnections",
  "capacity",
  "ageGroups",
  "quality",
  "processingTime",
  "sendTime",
  "maxPendingAcks",
];

/** The longest that a timer can be set to; a longer one would fire at once. */
const MAX_TIMER = 2_147_483_647;
/** Seconds after which a ping of the application's own counts as missed, where no heartbeat says otherwise. */
const PING_TIMEOUT = 30;

/** Checks the health options and fills in the defaults. @throws TypeError as `resolveOptions` does */
export function resolveHealth(given: HealthOptions): ResolvedHealth {
  const heartbeat = resolveHeartbeat(given.heartbeat);
  return {
    heartbeat,
    pingTimeout: heartbeat === undefined ? PING_TIMEOUT : heartbeat.timeout / 1000,
    slowConsumer: resolveSlowConsumer(given.slowConsumer),
    clientId: optionalFunction("clientId", given.clientId),
    reconnections: resolveReconnections(given),
    capacity: resolveCapacity(given.capacity),
    ageGroups: resolveAgeGroups(given.ageGroups),
    quality: optionalFunction("quality", given.quality, "inputs") ?? qualityScore,
    processingTime: flag("processingTime", given.processingTime, false),
    sendTime: flag("sendTime", given.sendTime, false),
    maxPendingAcks: integer("maxPendingAcks", given.maxPendingAcks, 1, 100_000, 1000),
  };
}

function resolveHeartbeat(value: HeartbeatOptions | undefined): HeartbeatRules | undefined {
  const mend = "pass { interval: 30000 }, in milliseconds";
  const given = group("heartbeat", value, ["interval", "timeout", "maxMissed", "terminate", "application"], mend);
  if (given === undefined) return undefined;
  if (given.interval === undefined) throw invalid("heartbeat.interval", "a number of milliseconds", undefined, mend);
  const interval = positive("heartbeat.interval", given.interval, "milliseconds", 30_000);
  if (interval > MAX_TIMER) {
    throw invalid("heartbeat.interval", `at most ${String(MAX_TIMER)} milliseconds`, interval, "make it shorter");
  }
  const timeout = positive("heartbeat.timeout", given.timeout, "milliseconds", Math.min(interval / 2, 10_000));
  if (timeout >= interval) {
    const less = `less than heartbeat.interval (${String(interval)})`;
    throw invalid("heartbeat.timeout", less, timeout, "make it shorter or the interval longer");
  }
  return {
    interval,
    timeout,
    maxMissed: integer("heartbeat.maxMissed", given.maxMissed, 1, 1000, 2),
    terminate: flag("heartbeat.terminate", given.terminate, false),
    application: resolveApplication(given.application),
  };
}

function resolveApplication(value: ApplicationHeartbeatOptions | undefined): HeartbeatRules["application"] {
  const mend = "pass { create: () => message, match: (message) => boolean }";
  const given = group("heartbeat.application", value, ["create", "match", "consume"], mend);
  if (given === undefined) return undefined;
  const { create, match } = given;
  if (typeof create !== "function") throw invalid("heartbeat.application.create", "a function", create, mend);
  if (typeof match !== "function") throw invalid("heartbeat.application.match", "a function", match, mend);
  return { create, match, consume: flag("heartbeat.application.consume", given.consume, false) };
}

function resolveSlowConsumer(value: SlowConsumerOptions | undefined): ResolvedHealth["slowConsumer"] {
  const mend = "pass { bytes: 1048576, duration: 5000 }";
  const given = group("slowConsumer", value, ["bytes", "duration", "policy"], mend) ?? {};
  const policy: unknown = given.policy ?? "observe";
  if (policy !== "observe" && policy !== "close" && typeof policy !== "function") {
    throw invalid("slowConsumer.policy", '"observe", "close" or a function', policy, "choose one of them");
  }
  return {
    bytes: positive("slowConsumer.bytes", given.bytes, "bytes", 1_048_576),
    duration: positive("slowConsumer.duration", given.duration, "milliseconds", 5000) / 1000,
    policy: policy as ResolvedHealth["slowConsumer"]["policy"],
  };
}

function resolveReconnections(all: HealthOptions): ResolvedHealth["reconnections"] {
  const keys = ["store", "threshold", "window", "describeClient"] as const;
  const given = group("reconnections", all.reconnections, keys, "pass { threshold: 5, window: 60000 }") ?? {};
  const { store } = given;
  for (const method of ["connected", "disconnected", "frequent"] as const) {
    if (store !== undefined && typeof store?.[method] !== "function") {
      const expected = `a store with ${method}()`;
      throw invalid(
        "reconnections.store",
        expected,
        store,
        "pass a MemoryReconnectionStore or a RedisReconnectionStore",
      );
    }
  }
  if (all.reconnections !== undefined && all.clientId === undefined) {
    throw invalid("reconnections", "the option clientId beside it", all.reconnections, "name the client of a request");
  }
  return {
    store: store ?? new MemoryReconnectionStore(),
    threshold: integer("reconnections.threshold", given.threshold, 1, 1000, 5),
    window: positive("reconnections.window", given.window, "milliseconds", 60_000),
    describeClient: optionalFunction("reconnections.describeClient", given.describeClient, "client"),
  };
}

function resolveCapacity(value: HealthOptions["capacity"]): ResolvedCapacity | undefined {
  if (value === undefined) return undefined;
  const mend = "pass a number, a function, or { limit: 10000, warnAt: 0.8 }";
  const given =
    typeof value === "number" || typeof value === "function"
      ? { limit: value }
      : group("capacity", value, ["limit", "warnAt", "onWarning"], mend)!;
  const { limit } = given;
  if (typeof limit !== "function" && (!Number.isInteger(limit) || limit < 1)) {
    throw invalid("capacity", "a whole number of connections from 1 on, or a function", limit, mend);
  }
  const warnAt = given.warnAt ?? 0.8;
  if (typeof warnAt !== "number" || !(warnAt > 0 && warnAt <= 1)) {
    throw invalid("capacity.warnAt", "a share greater than 0 and up to 1", warnAt, "leave it out for 0.8");
  }
  return {
    limit: typeof limit === "function" ? () => checkedLimit(limit) : () => limit,
    warnAt,
    onWarning: optionalFunction("capacity.onWarning", given.onWarning, "warning"),
  };
}

/** The limit that the application's function gives; a wrong one leaves the capacity out of the telemetry. */
function checkedLimit(limit: () => number): number | undefined {
  try {
    const value: unknown = limit();
    if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
    reportOnce("capacity", "expected the function to return a number greater than 0");
  } catch (error) {
    reportOnce("capacity", error);
  }
  return undefined;
}

function resolveAgeGroups(value: readonly number[] | undefined): AgeGroups {
  const limits = value ?? [3_600_000, 86_400_000];
  const ascending =
    Array.isArray(limits) &&
    limits.length >= 1 &&
    limits.length <= 6 &&
    limits.every(
      (limit: unknown, index) => Number.isInteger(limit) && (limit as number) > (index === 0 ? 0 : limits[index - 1]!),
    );
  if (!ascending) {
    throw invalid("ageGroups", "one to six ascending numbers of milliseconds", value, "pass [3600000, 86400000]");
  }
  return new AgeGroups(limits);
}
