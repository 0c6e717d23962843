import { closeClass, closeErrorType, isRegisteredCloseCode } from "./close.ts";
import { nowSeconds } from "./clock.ts";
import type { ClosedFacts, Role, Side, Transport } from "./facts.ts";
import type { AttributeSet, Ledger, OpenEntry } from "./ledger.ts";
import type { ConnectionTrace, Signals } from "./signals.ts";
import { Totals } from "./totals.ts";
import { RECEIVED, SENT, addWireBytes, countMessage, createCells, uncountMessage } from "./traffic.ts";
import type { MessageKind } from "./traffic.ts";

/** Position of a connection that is in no list of open ones. */
const RELEASED = -1;

/** What a connection needs of its observer. */
export interface ConnectionOwner {
  readonly signals: Signals;
  readonly closeCodes: ReadonlySet<number>;
}

/** One open connection: the state that lives as long as the socket, kept small. */
export class Connection implements OpenEntry {
  index: number = RELEASED;
  /** Which side started the closing handshake or cut the transport; the first one counts. */
  initiator: Side | undefined;
  /** The code that this side put into its close frame, 1006 where it cut the transport; for adapters. */
  sentCode: number | undefined;
  readonly #owner: ConnectionOwner;
  readonly #ledger: Ledger;
  readonly #set: AttributeSet;
  #cells: Float64Array;
  readonly #totals: Totals | undefined;
  readonly #trace: ConnectionTrace | undefined;
  readonly #transport: Transport;
  readonly #openedAt: number;
  #wireRead: number;
  #wireWritten: number;

  constructor(
    owner: ConnectionOwner,
    role: Role,
    set: AttributeSet,
    trace: ConnectionTrace,
    facts: { transport: Transport; bytesRead: number; bytesWritten: number },
  ) {
    this.#owner = owner;
    this.#ledger = owner.signals.ledger(role);
    this.#set = set;
    this.#cells = set.cells;
    this.#openedAt = nowSeconds();
    this.#totals = trace.recording ? new Totals(this.#openedAt) : undefined;
    this.#trace = trace.recording ? trace : undefined;
    this.#transport = facts.transport;
    this.#wireRead = facts.bytesRead;
    this.#wireWritten = facts.bytesWritten;
    set.active += 1;
    this.#ledger.add(this);
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

  sweep(now: number): void {
    const { bytesRead, bytesWritten } = this.#transport;
    if (bytesRead !== undefined && bytesRead > this.#wireRead) {
      addWireBytes(this.#cells, RECEIVED, bytesRead - this.#wireRead);
      this.#wireRead = bytesRead;
    }
    if (bytesWritten !== undefined && bytesWritten > this.#wireWritten) {
      addWireBytes(this.#cells, SENT, bytesWritten - this.#wireWritten);
      this.#wireWritten = bytesWritten;
    }
    this.#totals?.sweep(now);
  }

  /** The connection ended. Only the first call counts. */
  closed(facts: ClosedFacts): void {
    if (this.index === RELEASED) return;
    const now = this.#release();
    const { code } = facts;
    const { signals, closeCodes } = this.#owner;
    const closure = {
      ...facts,
      errorType: facts.errorType ?? closeErrorType(code),
      closeClass: closeClass(code),
      metricCode: isRegisteredCloseCode(code) || closeCodes.has(code) ? code : undefined,
      duration: now - this.#openedAt,
    };
    signals.closed(this.#ledger.role, this.#set.attributes, closure);
    this.#trace?.closed(closure, this.#totals, this.#openedAt);
  }

  /** Whether `owner` observes this connection. */
  isOf(owner: object): boolean {
    return this.#owner === owner;
  }

  /** The connection goes on without being observed: what it carries from now on is counted nowhere. */
  abandon(): void {
    if (this.index === RELEASED) return;
    this.#release();
    this.#cells = createCells();
    this.#trace?.abandoned();
  }

  #release(): number {
    const now = nowSeconds();
    this.sweep(now);
    this.#ledger.remove(this);
    this.index = RELEASED;
    this.#set.active -= 1;
    return now;
  }
}
