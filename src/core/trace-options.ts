import { flag, group, integer, invalid } from "./validate.ts";

/** How connection spans are made. */
export interface ConnectionSpanOptions {
  /**
   * `segments`: one span from the handshake to the close, and of a connection that lives longer than `segmentDuration`
   * one for each segment, each further one a trace of its own with links to the others. `lifetime`: one span, however
   * long. `deferred`: one span that is made at the close with its true start time, so that nothing but its parent and
   * its first attributes is held while the connection is open; until then it has no id, so nothing can be its child and
   * a server gets the trace context that is active where the client is made. `off`: no spans; metrics only.
   * @default "segments"
   */
  mode?: "segments" | "lifetime" | "deferred" | "off" | undefined;
  /**
   * Milliseconds that a segment lasts at most, from 1000 to 86400000; up to a tenth less, another share for each
   * connection, so that connections that opened together do not begin a segment together.
   * @default 3600000
   */
  segmentDuration?: number | undefined;
}

/** Which log events are emitted. */
export interface EventOptions {
  /**
   * `opened`, `checkpoint` and `closed` of each connection whose span is recorded, and with `deferred` spans or none of
   * each connection.
   * @default true; false where `connectionSpan.mode` is `off`
   */
  lifecycle?: boolean | undefined;
  /**
   * Milliseconds between the checkpoints of a connection, from 1000 to 86400000, or 0 for none. The first one comes at
   * another moment within the first interval for each connection.
   * @default 300000
   */
  checkpointInterval?: number | undefined;
  /**
   * `slow_consumer`, `heartbeat_missed` and `capacity`.
   * @default true
   */
  conditions?: boolean | undefined;
  /**
   * `logs`: log records. `spans`: spans without a duration below the connection's, for a backend that takes spans only,
   * such as Jaeger.
   * @default "logs"
   */
  as?: "logs" | "spans" | undefined;
}

export type SpanMode = NonNullable<ConnectionSpanOptions["mode"]>;

/** How connections are traced, with every default filled in. */
export interface ResolvedTracing {
  readonly mode: SpanMode;
  readonly lifecycle: boolean;
  readonly conditions: boolean;
  readonly as: "logs" | "spans";
  /** Seconds; infinite where there are no segments. */
  readonly segmentDuration: number;
  /** Seconds; infinite where there are no checkpoints. */
  readonly checkpointInterval: number;
}

/** Nothing is traced. */
export const UNTRACED: ResolvedTracing = {
  mode: "off",
  lifecycle: false,
  conditions: false,
  as: "logs",
  segmentDuration: Number.POSITIVE_INFINITY,
  checkpointInterval: Number.POSITIVE_INFINITY,
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MODES: readonly SpanMode[] = ["segments", "lifetime", "deferred", "off"];

/** @throws TypeError that names the option, what was expected, what was given, and how to mend it */
export function resolveTracing(
  span: ConnectionSpanOptions | undefined,
  events: EventOptions | undefined,
): ResolvedTracing {
  const spanMend = `pass { mode: ${MODES.map((mode) => `"${mode}"`).join(" | ")}, segmentDuration }`;
  const spans = group("connectionSpan", span, ["mode", "segmentDuration"], spanMend);
  const mode = choice("connectionSpan.mode", spans?.mode, MODES);
  const eventsMend = "pass { lifecycle, checkpointInterval, conditions, as }";
  const keys = ["lifecycle", "checkpointInterval", "conditions", "as"] as const;
  const given = group("events", events, keys, eventsMend);
  const lifecycle = flag("events.lifecycle", given?.lifecycle, mode !== "off");
  const segment = integer("connectionSpan.segmentDuration", spans?.segmentDuration, 1000, DAY, HOUR);
  const interval = checkpointInterval(given?.checkpointInterval);
  return {
    mode,
    lifecycle,
    conditions: flag("events.conditions", given?.conditions, true),
    as: choice("events.as", given?.as, ["logs", "spans"]),
    segmentDuration: mode === "segments" ? segment / 1000 : Number.POSITIVE_INFINITY,
    checkpointInterval: lifecycle && interval > 0 ? interval / 1000 : Number.POSITIVE_INFINITY,
  };
}

function checkpointInterval(value: unknown): number {
  return value === 0 ? 0 : integer("events.checkpointInterval", value, 1000, DAY, 300_000, "0 for none, or ");
}

/** One of a few words; the first one is the default. */
function choice<Word extends string>(option: string, value: unknown, words: readonly Word[]): Word {
  if (value === undefined) return words[0]!;
  if ((words as readonly unknown[]).includes(value)) return value as Word;
  const list = words.map((word) => `"${word}"`);
  throw invalid(option, `${list.slice(0, -1).join(", ")} or ${list.at(-1)}`, value, `leave it out for ${list[0]}`);
}
