import type { Attributes, Context, Link, SpanKind } from "@opentelemetry/api";
import { flag, group, integer, invalid, optionalFunction } from "./validate.ts";

/** A message as the hooks of `messageSpans` see it. */
export interface WebSocketMessage {
  /** As this process sees it. */
  readonly direction: "sent" | "received";
  readonly type: "text" | "binary";
  /** Bytes of the payload, before compression. */
  readonly size: number;
  /** As the listeners get it (`ws` 8: a Buffer for text too), or as it was given to `send()`. It may not be changed. */
  readonly data: unknown;
  /** All of a text message, decoded when it is first asked for; `undefined` for a binary one. */
  readonly text: string | undefined;
}

/** What decides about a span: OpenTelemetry's `Sampler`, as far as it is used. */
export interface MessageSampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): { decision: 0 | 1 | 2; attributes?: Readonly<Attributes> };
}

/** Which messages get a span. Of `ratio`, `filter` and `sampler` one at most may be given. */
export interface MessageSpanOptions {
  /**
   * Whether received messages get spans, which are active while the listeners run.
   * @default true
   */
  receive?: boolean | undefined;
  /**
   * Whether sent messages get spans, from `send()` until the transport has taken the message.
   * @default true
   */
  send?: boolean | undefined;
  /**
   * Share of the messages that get a span, 0 to 1, chosen at random. The sampler of the tracer provider decides after
   * it, about these only.
   * @default 1
   */
  ratio?: number | undefined;
  /**
   * Decides for each message whether it gets a span. It runs for every message, so it should be quick.
   * @default every message
   */
  filter?: ((message: WebSocketMessage) => boolean) | undefined;
  /**
   * Decides with a `Sampler` of OpenTelemetry's. It is asked about every message, with the span's name and attributes;
   * a trace that begins with the message has no id yet, so a random one is given.
   * @default every message
   */
  sampler?: MessageSampler | undefined;
  /**
   * Names the operation of a message, for the span's name and `websocket.operation.name`: `graphqlWsOperation`,
   * `jsonRpcOperation`, `socketIoOperation`, or a function of the application's own. The first 128 characters count.
   * @default none
   */
  operation?: ((message: WebSocketMessage) => string | undefined) | undefined;
  /**
   * How many distinct names of operations are used, 1 to 1000; further ones become `_OTHER`, because peers may choose
   * them.
   * @default 100
   */
  maxOperations?: number | undefined;
}

/** The options with every default filled in. */
export interface ResolvedMessageSpans {
  readonly receive: boolean;
  readonly send: boolean;
  readonly ratio: number;
  readonly filter: ((message: WebSocketMessage) => boolean) | undefined;
  readonly sampler: MessageSampler | undefined;
  readonly operation: ((message: WebSocketMessage) => string | undefined) | undefined;
  readonly maxOperations: number;
}

const KEYS = ["receive", "send", "ratio", "filter", "sampler", "operation", "maxOperations"] as const;
const DECIDING = ["ratio", "filter", "sampler"] as const;

/** Checks `messageSpans`; `undefined` where no message gets a span. @throws TypeError as `resolveOptions` does */
export function resolveMessageSpans(value: MessageSpanOptions | undefined): ResolvedMessageSpans | undefined {
  const given = group("messageSpans", value, KEYS, "pass { ratio: 0.01 }, or {} for every message");
  if (given === undefined) return undefined;
  const [first, second] = DECIDING.filter((key) => given[key] !== undefined);
  if (second !== undefined) {
    throw invalid(
      `messageSpans.${second}`,
      `no messageSpans.${first!} beside it`,
      given[second],
      "leave one of them out",
    );
  }
  const { sampler } = given;
  if (sampler !== undefined && typeof (sampler as Partial<MessageSampler> | null)?.shouldSample !== "function") {
    throw invalid("messageSpans.sampler", "an object with shouldSample()", sampler, "pass a Sampler or leave it out");
  }
  const resolved = {
    receive: flag("messageSpans.receive", given.receive, true),
    send: flag("messageSpans.send", given.send, true),
    ratio: share("messageSpans.ratio", given.ratio),
    filter: optionalFunction("messageSpans.filter", given.filter, "message"),
    sampler,
    operation: optionalFunction("messageSpans.operation", given.operation, "message"),
    maxOperations: integer("messageSpans.maxOperations", given.maxOperations, 1, 1000, 100),
  };
  return resolved.receive || resolved.send ? resolved : undefined;
}

function share(option: string, value: unknown): number {
  if (value === undefined) return 1;
  if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
    throw invalid(option, "a number from 0 to 1", value, "pass 0.01 for one message in a hundred");
  }
  return value;
}
