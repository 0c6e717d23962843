import { context } from "@opentelemetry/api";
import type { Context, SpanContext } from "@opentelemetry/api";
import { OTHER, describe } from "./bounded.ts";
import type { Connection } from "./connection.ts";
import { contain, reportOnce } from "./contain.ts";
import type { HandshakeFacts, MessageArms, MessageFacts, MessageSpan, MessageTracer } from "./facts.ts";
import { rememberContext } from "./message-context.ts";
import type { ResolvedMessageSpans } from "./message-options.ts";
import type { ResolvedOptions } from "./options.ts";
import { Share } from "./share.ts";
import type { MessageOrigin, Signals } from "./signals.ts";

const MAX_OPERATION_LENGTH = 128;
const OPERATION = "messageSpans.operation";
/** Up to this ratio it is cheaper to step in for single messages than to stand in the way of all. */
const SPARSE = 0.1;

const followed = new WeakMap<Connection, Tracer>();

/** The messages of the connections that share a set of options. */
export class Messages {
  readonly #spans: ResolvedMessageSpans | undefined;
  readonly #propagates: boolean;
  readonly #signals: Signals;
  readonly #operations: Operations | undefined;
  readonly #sparse: boolean;

  private constructor(options: ResolvedOptions, signals: Signals) {
    this.#spans = options.messageSpans;
    this.#propagates = options.propagateConnection;
    // What else looks at messages has to be nearer to the application than what comes and goes.
    const others = options.processingTime || options.sendTime || options.heartbeat?.application !== undefined;
    this.#sparse = !others && (options.messageSpans?.ratio ?? 1) <= SPARSE;
    this.#signals = signals;
    const { operation, maxOperations } = options.messageSpans ?? {};
    if (operation !== undefined) this.#operations = new Operations(operation, maxOperations!);
  }

  /** `undefined` where no option asks for anything on the message path. */
  static for(options: ResolvedOptions, signals: Signals): Messages | undefined {
    const asked = options.messageSpans !== undefined || options.propagateConnection;
    return asked ? new Messages(options, signals) : undefined;
  }

  /** Follows a connection that is open now. */
  follow(connection: Connection, facts: HandshakeFacts, route: string | undefined): void {
    const { trace, driver, socket } = connection;
    const propagates = this.#propagates && trace !== undefined;
    if (this.#spans === undefined && !propagates) return;
    const { serverAddress, serverPort } = facts;
    const origin = { route, serverAddress, serverPort, trace };
    const sparse = this.#sparse && !propagates;
    const tracer = new Tracer(this.#spans, propagates, sparse, this.#operations, this.#signals, origin);
    if (propagates) followed.set(connection, tracer);
    const arms = driver.traceMessages(socket, tracer);
    if (arms !== undefined) tracer.share(connection, arms);
  }
}

/** What is active while the last event of a connection is emitted, asked for before its span ends. */
export function closingContextOf(connection: Connection): Context | undefined {
  return followed.get(connection)?.active();
}

/** The messages of one connection. */
class Tracer implements MessageTracer {
  readonly receives: boolean;
  readonly sends: boolean;
  readonly propagates: boolean;
  readonly sparse: boolean;
  readonly #ratio: number;
  readonly #spans: ResolvedMessageSpans | undefined;
  readonly #operations: Operations | undefined;
  readonly #signals: Signals;
  readonly #origin: MessageOrigin;
  /** The connection's span changes with its segments. */
  #span: SpanContext | undefined;
  #context: Context | undefined;
  #connection: Connection | undefined;

  constructor(
    spans: ResolvedMessageSpans | undefined,
    propagates: boolean,
    sparse: boolean,
    operations: Operations | undefined,
    signals: Signals,
    origin: MessageOrigin,
  ) {
    this.#spans = spans;
    this.#ratio = spans?.ratio ?? 0;
    this.receives = spans?.receive === true && this.#ratio > 0;
    this.sends = spans?.send === true && this.#ratio > 0;
    this.propagates = propagates;
    this.sparse = sparse;
    this.#operations = operations;
    this.#signals = signals;
    this.#origin = origin;
  }

  chance(): boolean {
    return this.#ratio === 1 || Math.random() < this.#ratio;
  }

  /** Begins to take a share of the connection's messages. */
  share(connection: Connection, arms: MessageArms): void {
    this.#connection = connection;
    if (this.receives) connection.receivedShare = new Share(this.#ratio, true, arms.received);
    if (this.sends) connection.sentShare = new Share(this.#ratio, false, arms.sent);
    connection.receivedShare?.draw();
    connection.sentShare?.draw();
  }

  taken(direction: "sent" | "received"): void {
    (direction === "sent" ? this.#connection?.sentShare : this.#connection?.receivedShare)?.draw();
  }

  start(message: MessageFacts): MessageSpan | undefined {
    return contain("message span", () => {
      const { filter, sampler } = this.#spans!;
      if (filter !== undefined && contain("messageSpans.filter", () => filter(message)) !== true) return undefined;
      const operation = this.#operations?.of(message);
      const span = this.#signals.message(message, operation, this.#origin, sampler);
      if (span !== undefined && message.direction === "received") rememberContext(message.data, span.context);
      return span;
    });
  }

  within<T>(work: () => T): T {
    const active = this.propagates ? contain("propagateConnection", () => this.active()) : undefined;
    return active === undefined ? work() : context.with(active, work);
  }

  /** The context of the connection's span; `undefined` where none is recorded now. */
  active(): Context | undefined {
    const { trace } = this.#origin;
    const span = trace?.spanContext;
    if (span !== this.#span) {
      this.#span = span;
      this.#context = span === undefined ? undefined : this.#signals.contextOf(trace!);
    }
    return this.#context;
  }
}

/** Names of operations, of which peers may choose as many as they like. */
class Operations {
  readonly #hook: (message: MessageFacts) => string | undefined;
  readonly #limit: number;
  readonly #known = new Map<string, string>();

  constructor(hook: (message: MessageFacts) => string | undefined, limit: number) {
    this.#hook = hook;
    this.#limit = limit;
  }

  of(message: MessageFacts): string | undefined {
    const given: unknown = contain(OPERATION, () => this.#hook(message));
    if (given === undefined || given === "") return undefined;
    if (typeof given !== "string") {
      reportOnce(`${OPERATION}, result`, `expected a string or undefined, got ${describe(given)}`);
      return undefined;
    }
    const name = given.slice(0, MAX_OPERATION_LENGTH);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#limit) return OTHER;
    // A string of its own: V8 keeps a whole message alive for a part that was cut out of it.
    const own = JSON.parse(JSON.stringify(name)) as string;
    this.#known.set(own, own);
    return own;
  }
}
