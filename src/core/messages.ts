import { context } from "@opentelemetry/api";
import type { Context, SpanContext } from "@opentelemetry/api";
import { OTHER, describe } from "./bounded.ts";
import type { Connection } from "./connection.ts";
import { contain, reportOnce } from "./contain.ts";
import type { HandshakeFacts, MessageFacts, MessageSpan, MessageTracer } from "./facts.ts";
import { rememberContext } from "./message-context.ts";
import type { ResolvedMessageSpans } from "./message-options.ts";
import type { ResolvedOptions } from "./options.ts";
import { Share } from "./share.ts";
import type { MessageOrigin, Signals } from "./signals.ts";

const MAX_OPERATION_LENGTH = 128;
const OPERATION = "messageSpans.operation";

const followed = new WeakMap<Connection, Tracer>();

/** Which messages get a span, of all connections together. */
interface Shares {
  readonly received: Share;
  readonly sent: Share;
}

/** The messages of the connections that share a set of options. */
export class Messages {
  readonly #spans: ResolvedMessageSpans | undefined;
  readonly #propagates: boolean;
  readonly #signals: Signals;
  readonly #operations: Operations | undefined;
  readonly #shares: Shares;

  private constructor(options: ResolvedOptions, signals: Signals) {
    this.#spans = options.messageSpans;
    this.#propagates = options.propagateConnection;
    this.#signals = signals;
    const { receive, send, ratio = 0, operation, maxOperations } = options.messageSpans ?? {};
    this.#shares = { received: new Share(receive === true ? ratio : 0), sent: new Share(send === true ? ratio : 0) };
    if (operation !== undefined) this.#operations = new Operations(operation, maxOperations!);
  }

  /** `undefined` where no option asks for anything on the message path. */
  static for(options: ResolvedOptions, signals: Signals): Messages | undefined {
    const asked = (options.messageSpans?.ratio ?? 0) > 0 || options.propagateConnection;
    return asked ? new Messages(options, signals) : undefined;
  }

  /** Follows a connection that is open now. */
  follow(connection: Connection, facts: HandshakeFacts, route: string | undefined): void {
    const { trace, driver, socket } = connection;
    const propagates = this.#propagates && trace !== undefined;
    if (this.#spans === undefined && !propagates) return;
    const { serverAddress, serverPort } = facts;
    const origin = { route, serverAddress, serverPort, trace };
    const tracer = new Tracer(this.#spans, propagates, this.#shares, this.#operations, this.#signals, origin);
    if (propagates) followed.set(connection, tracer);
    driver.traceMessages(socket, tracer);
  }
}

/** What is active while the last event of a connection is emitted, asked for before its span ends. */
export function closingContextOf(connection: Connection): Context | undefined {
  return followed.get(connection)?.active();
}

/** The messages of one connection. */
class Tracer implements MessageTracer {
  readonly propagates: boolean;
  readonly #spans: ResolvedMessageSpans | undefined;
  readonly #received: Share;
  readonly #sent: Share;
  readonly #operations: Operations | undefined;
  readonly #signals: Signals;
  readonly #origin: MessageOrigin;
  /** The connection's span changes with its segments. */
  #span: SpanContext | undefined;
  #context: Context | undefined;

  constructor(
    spans: ResolvedMessageSpans | undefined,
    propagates: boolean,
    shares: Shares,
    operations: Operations | undefined,
    signals: Signals,
    origin: MessageOrigin,
  ) {
    this.#spans = spans;
    this.propagates = propagates;
    this.#received = shares.received;
    this.#sent = shares.sent;
    this.#operations = operations;
    this.#signals = signals;
    this.#origin = origin;
  }

  takesReceived(): boolean {
    return this.#received.next();
  }

  takesSent(): boolean {
    return this.#sent.next();
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
