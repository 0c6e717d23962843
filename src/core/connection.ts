import { describe } from "./bounded.ts";
import { CLOSE_ABNORMAL, closeClass, closeErrorType, isRegisteredCloseCode } from "./close.ts";
import { nowSeconds } from "./clock.ts";
import { contain, reportOnce } from "./contain.ts";
import type { ClosedFacts, Driver, OpenedFacts, Role, Side } from "./facts.ts";
import { Health } from "./health/health.ts";
import { qualityGrade } from "./health/quality.ts";
import type { SlowConsumers } from "./health/slow-consumers.ts";
import type { AttributeSet, Ledger, OpenEntry } from "./ledger.ts";
import type { ResolvedOptions } from "./options.ts";
import type { ConnectionTrace, Progress, Signals } from "./signals.ts";
import { checkpointsBy, resolutionOf, segmentsBy } from "./timeline.ts";
import { Totals } from "./totals.ts";
import { RECEIVED, SENT, addWireBytes, countMessage, createCells, uncountMessage } from "./traffic.ts";
import type { MessageKind } from "./traffic.ts";

/** Position of a connection that is in no list of open ones. */
const RELEASED = -1;

/** `error.type` of a connection that was open when the process was told to end. */
const SHUTDOWN = "shutdown";

/** What a connection needs of its observer. */
export interface ConnectionOwner {
  readonly signals: Signals;
  readonly options: ResolvedOptions;
  readonly slowConsumers: SlowConsumers<Connection>;
  /** A connection of this owner has ended, with this class; `undefined` where it is only let go of. */
  released(connection: Connection, closeClass: string | undefined): void;
}

/** One open connection: the state that lives as long as the socket, kept small. */
export class Connection implements OpenEntry {
  index: number = RELEASED;
  /** Which side started the closing handshake or cut the transport; the first one counts. */
  initiator: Side | undefined;
  /** The code that this side put into its close frame, 1006 where it cut the transport; for adapters. */
  sentCode: number | undefined;
  /** Why this side ended the connection, where a rule of ours made it. */
  failure: string | undefined;
  readonly driver: Driver;
  readonly socket: unknown;
  readonly #owner: ConnectionOwner;
  readonly #ledger: Ledger;
  readonly #set: AttributeSet;
  #cells: Float64Array;
  readonly #totals: Totals | undefined;
  readonly #trace: ConnectionTrace | undefined;
  readonly #openedAt: number;
  #health: Health | undefined;
  #wireRead: number;
  #wireWritten: number;
  /** Checkpoints and segments that were due so far. */
  #checkpoints = 0;
  #segments = 0;

  constructor(owner: ConnectionOwner, role: Role, set: AttributeSet, trace: ConnectionTrace, facts: OpenedFacts) {
    this.#owner = owner;
    this.#ledger = owner.signals.ledger(role);
    this.#set = set;
    this.#cells = set.cells;
    this.#openedAt = nowSeconds();
    this.#totals = trace.recording ? new Totals(this.#openedAt) : undefined;
    this.#trace = trace.recording ? trace : undefined;
    this.driver = facts.driver;
    this.socket = facts.socket;
    this.#wireRead = facts.bytesRead;
    this.#wireWritten = facts.bytesWritten;
    set.active += 1;
    this.#ledger.add(this);
    if (trace.recording) this.#keepTime();
  }

  get role(): Role {
    return this.#ledger.role;
  }

  get set(): AttributeSet {
    return this.#set;
  }

  get trace(): ConnectionTrace | undefined {
    return this.#trace;
  }

  /** Whether the connection is still observed. */
  get open(): boolean {
    return this.index !== RELEASED;
  }

  /** Heartbeats and acknowledgements; made with the first use. */
  get health(): Health {
    this.#health ??= new Health({
      signals: this.#owner.signals,
      role: this.role,
      attributes: this.#set.attributes,
      trace: this.#trace,
    });
    return this.#health;
  }

  /** Counts a complete message from the peer; `length` is its payload in bytes, decompressed. */
  received(kind: MessageKind, length: number): void {
    countMessage(this.#cells, RECEIVED, kind, length);
    const totals = this.#totals;
    if (totals === undefined) return;
    if (totals.firstMessageAt === 0) totals.firstMessageAt = nowSeconds();
    totals.messagesReceived += 1;
    totals.bytesReceived += length;
  }

  /** Takes back what `received` counted, for text that turned out not to be UTF-8 (RFC 6455 section 8.1). */
  notReceived(kind: MessageKind, length: number): void {
    uncountMessage(this.#cells, RECEIVED, kind, length);
    const totals = this.#totals;
    if (totals === undefined) return;
    totals.messagesReceived -= 1;
    totals.bytesReceived -= length;
  }

  /** Counts a complete message handed to the transport; `length` is its payload in bytes, before compression. */
  sent(kind: MessageKind, length: number): void {
    countMessage(this.#cells, SENT, kind, length);
    const totals = this.#totals;
    if (totals === undefined) return;
    if (totals.firstMessageAt === 0) totals.firstMessageAt = nowSeconds();
    totals.messagesSent += 1;
    totals.bytesSent += length;
  }

  /** A ping leaves, whoever sent it. */
  pingSent(payload: Uint8Array | string): void {
    if (this.open) this.health.pingSent(payload);
  }

  /** A pong arrives. One before any ping was sent is unsolicited. */
  pongReceived(payload: Uint8Array | string): void {
    if (this.open) this.#health?.pongReceived(payload);
  }

  /** An acknowledgement of the application is expected within `timeout` seconds. */
  expectAck(key: string, timeout: number): void {
    if (this.open) this.health.acks(this.#owner.options.maxPendingAcks).expect(key, timeout, nowSeconds());
  }

  /** It came; `false` where none was expected in time. */
  ack(key: string): boolean {
    if (!this.open || this.#health === undefined) return false;
    return this.#health.acks(this.#owner.options.maxPendingAcks).acknowledge(key, nowSeconds());
  }

  /** The application measured a message's latency. */
  latency(seconds: number): void {
    if (this.open) this.#owner.signals.duration(this.role, "message.latency", seconds, this.#set.attributes);
  }

  /** Ends the connection because of a rule; `errorType` is what its close says, unless it is closing already. */
  fail(errorType: string, code?: number): void {
    if (!this.driver.open(this.socket)) return;
    this.failure = errorType;
    if (code === undefined) this.driver.terminate(this.socket);
    else this.driver.close(this.socket, code, errorType);
  }

  sweep(now: number): void {
    this.#readTransport();
    const { options, slowConsumers } = this.#owner;
    const { swept } = this.#set;
    const age = now - this.#openedAt;
    swept.aged(age, options.ageGroups.of(age));
    const buffered = this.driver.bufferedAmount(this.socket);
    if (buffered !== undefined) {
      swept.buffered(buffered);
      if (this.#totals !== undefined && buffered > this.#totals.maxBufferedAmount) {
        this.#totals.maxBufferedAmount = buffered;
      }
      if (slowConsumers.check(this, buffered, now)) swept.slowConsumers += 1;
    }
    this.#totals?.sweep(now);
    if (this.#health === undefined) return;
    this.#health.sweep(now, options.pingTimeout);
    this.#score(true);
  }

  /** Nothing of a connection is missed that is due twice at once: what it carried stands in the one report. */
  tick(now: number): void {
    if (this.#totals === undefined) return;
    const { tracing } = this.#owner.options;
    const age = now - this.#openedAt;
    const checkpoints = checkpointsBy(age, this.#openedAt, tracing);
    if (checkpoints > this.#checkpoints) {
      this.#checkpoints = checkpoints;
      contain("checkpoint", () => this.#trace?.checkpoint(this.#progress(now)));
    }
    const segments = segmentsBy(age, this.#openedAt, tracing);
    if (segments > this.#segments) {
      this.#segments = segments;
      contain("segment", () => this.#trace?.nextSegment(this.#progress(now)));
    }
  }

  shutDown(): void {
    this.closed({ code: CLOSE_ABNORMAL, reason: "", initiator: "local", clean: false, errorType: SHUTDOWN });
  }

  /** The connection ended. Only the first call counts. */
  closed(facts: ClosedFacts): void {
    if (this.index === RELEASED) return;
    const { code } = facts;
    const { signals, options } = this.#owner;
    const name = closeClass(code);
    const duration = this.#release(name);
    const closure = {
      ...facts,
      errorType: this.failure ?? facts.errorType ?? closeErrorType(code),
      closeClass: name,
      metricCode: isRegisteredCloseCode(code) || options.closeCodes.has(code) ? code : undefined,
      duration,
      ageGroup: options.ageGroups.of(duration),
    };
    signals.closed(this.role, this.#set.attributes, closure);
    if (this.#totals !== undefined) this.#trace?.closed(closure, this.#progress(this.#openedAt + duration));
  }

  /** Whether `owner` observes this connection. */
  isOf(owner: object): boolean {
    return this.#owner === owner;
  }

  /** The connection goes on without being observed: what it carries from now on is counted nowhere. */
  abandon(): void {
    if (this.index === RELEASED) return;
    this.#release(undefined);
    this.#cells = createCells();
    this.#trace?.abandoned();
  }

  /** Lets go of everything that is held for an open connection; returns the seconds that it was open. */
  #release(closeClassName: string | undefined): number {
    const now = nowSeconds();
    this.#readTransport();
    this.#totals?.sweep(now);
    if (this.#health !== undefined) {
      this.#health.end(now, this.#owner.options.pingTimeout);
      this.#score(false);
    }
    this.#owner.slowConsumers.forget(this);
    this.#ledger.remove(this);
    this.index = RELEASED;
    this.#set.active -= 1;
    this.#owner.released(this, closeClassName);
    return now - this.#openedAt;
  }

  #keepTime(): void {
    const resolution = resolutionOf(this.#owner.options.tracing);
    if (Number.isFinite(resolution)) this.#ledger.keepTime(resolution);
  }

  #progress(now: number): Progress {
    return { openedAt: this.#openedAt, now, totals: this.#totals!, heartbeats: this.#health?.totals };
  }

  #readTransport(): void {
    const read = this.driver.bytesRead(this.socket);
    if (read !== undefined && read > this.#wireRead) {
      addWireBytes(this.#cells, RECEIVED, read - this.#wireRead);
      this.#wireRead = read;
    }
    const written = this.driver.bytesWritten(this.socket);
    if (written !== undefined && written > this.#wireWritten) {
      addWireBytes(this.#cells, SENT, written - this.#wireWritten);
      this.#wireWritten = written;
    }
  }

  #score(open: boolean): void {
    const { quality } = this.#owner.options;
    const { inputs } = this.#health!;
    if (inputs.acknowledged + inputs.missed === 0) return;
    const score: unknown = contain("quality", () => quality(inputs));
    if (score === undefined) return;
    if (typeof score !== "number" || !(score >= 0 && score <= 100)) {
      reportOnce("quality, result", `expected a number from 0 to 100 or undefined, got ${describe(score)}`);
      return;
    }
    this.#set.swept.qualities.add(score);
    if (open) this.#set.swept.graded(qualityGrade(score));
  }
}
