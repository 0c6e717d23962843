import type { Attributes } from "@opentelemetry/api";
import { nowSeconds } from "./clock.ts";
import { reportOnce } from "./contain.ts";
import type { Role } from "./facts.ts";
import { Swept } from "./health/sweep.ts";
import { Ticker } from "./ticker.ts";
import { createCells } from "./traffic.ts";

/** Attribute of the one set that takes everything past the limit (OpenTelemetry metrics SDK, cardinality limits). */
const OVERFLOW: Attributes = Object.freeze({ "otel.metric.overflow": true });

/** One combination of common attributes, with the counters of all connections that have it. */
export class AttributeSet {
  readonly attributes: Attributes;
  /** Open connections. */
  active = 0;
  #cells: Float64Array | undefined;
  #swept: Swept | undefined;

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  /** The traffic counters; made with the first connection, so that refused handshakes leave no zero series. */
  get cells(): Float64Array {
    this.#cells ??= createCells();
    return this.#cells;
  }

  /** What the sweeps find out. */
  get swept(): Swept {
    this.#swept ??= new Swept();
    return this.#swept;
  }

  /** Whether a connection ever had this set. */
  get used(): boolean {
    return this.#cells !== undefined;
  }
}

/** What the ledger asks of an open connection. */
export interface OpenEntry {
  /** Position in the list of open connections; the ledger's own. */
  index: number;
  /** Brings the counters that are read and not pushed (transport bytes) up to date. */
  sweep(now: number): void;
  /** Does what is due in the course of a connection's life. */
  tick(now: number): void;
  /** The process is about to end: reports the connection as closed by that. */
  shutDown(): void;
  isOf(owner: object): boolean;
  abandon(): void;
}

/** Attribute sets and open connections of one role; what a collection reads. */
export class Ledger {
  readonly role: Role;
  readonly #sets = new Map<string, AttributeSet>();
  readonly #open: OpenEntry[] = [];
  readonly #ticker = new Ticker(() => this.#each("tick", nowSeconds()));
  #overflow: AttributeSet | undefined;
  /** The set that was asked for last: most servers have one. */
  #recent: AttributeSet | undefined;

  constructor(role: Role) {
    this.role = role;
  }

  /** The set for these attributes; past `limit` distinct ones the shared overflow set. */
  setFor(attributes: Attributes, limit: number): AttributeSet {
    const recent = this.#recent;
    if (recent !== undefined && sameAttributes(recent.attributes, attributes)) return recent;
    const key = keyOf(attributes);
    const known = this.#sets.get(key);
    if (known !== undefined) return (this.#recent = known);
    if (this.#sets.size >= limit) {
      this.#overflow ??= new AttributeSet(OVERFLOW);
      return this.#overflow;
    }
    const created = new AttributeSet(Object.freeze(attributes));
    this.#sets.set(key, created);
    return (this.#recent = created);
  }

  /** Every set that had a connection, the overflow set last. */
  *sets(): Generator<AttributeSet> {
    for (const set of this.#sets.values()) if (set.used) yield set;
    if (this.#overflow?.used === true) yield this.#overflow;
  }

  add(entry: OpenEntry): void {
    entry.index = this.#open.length;
    this.#open.push(entry);
  }

  /** Ticks the open connections at least every `seconds`, while there are any. */
  keepTime(seconds: number): void {
    this.#ticker.start(seconds);
  }

  /** Constant time: the last entry takes the place of the removed one. */
  remove(entry: OpenEntry): void {
    const last = this.#open.pop();
    if (this.#open.length === 0) this.#ticker.stop();
    if (last === undefined || last === entry) return;
    this.#open[entry.index] = last;
    last.index = entry.index;
  }

  /** Lets go of the open connections of one owner. */
  abandon(owner: object): void {
    for (const entry of this.#open.filter((candidate) => candidate.isOf(owner))) entry.abandon();
  }

  /** Reports up to `most` open connections of one owner as closed by the end of the process; how many they were. */
  shutDown(owner: object, most: number): number {
    const entries = this.#open.filter((candidate) => candidate.isOf(owner)).slice(0, most);
    for (const entry of entries) entry.shutDown();
    return entries.length;
  }

  /** One pass over the open connections. */
  sweep(now: number): void {
    for (const set of this.sets()) set.swept.begin();
    this.#each("sweep", now);
  }

  #each(method: "sweep" | "tick", now: number): void {
    for (const entry of this.#open) {
      try {
        entry[method](now);
      } catch (error) {
        reportOnce(method, error);
      }
    }
  }
}

function keyOf(attributes: Attributes): string {
  let key = "";
  for (const name in attributes) {
    const value = attributes[name];
    key += typeof value === "string" ? `${name}\u0000${value}\u0001` : `${name}\u0002${String(value)}\u0001`;
  }
  return key;
}

function sameAttributes(left: Attributes, right: Attributes): boolean {
  let surplus = 0;
  for (const name in right) {
    if (left[name] !== right[name]) return false;
    surplus += 1;
  }
  for (const _ in left) surplus -= 1;
  return surplus === 0;
}
