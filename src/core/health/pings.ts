/**
 * Protocol heartbeats (RFC 6455 section 5.5.2): which ping a pong answers. Correlation is by payload, never by
 * arrival, and only where it cannot be wrong.
 */

/** Pings of one connection that may wait for their pong at once; the oldest is given up as missed. */
const MAX_PENDING = 16;
/** Payloads that are remembered after their ping was given up. */
const MAX_STALE = 64;
/** RFC 6455 section 5.5: what a control frame can carry. */
const MAX_PAYLOAD = 125;

/** A ping that was answered. */
export interface AnsweredPing {
  /** Seconds from the ping to the pong; `undefined` where the pong may have answered another ping. */
  readonly roundTrip: number | undefined;
  /** Whether the ping was a heartbeat of ours. */
  readonly own: boolean;
}

interface Pending {
  readonly payload: string;
  readonly sentAt: number;
  /** Whether an answer says how long it took: not if another ping with this payload may be answered by it. */
  readonly unique: boolean;
  readonly own: boolean;
}

/** The pings of one connection. Times are seconds on the monotonic clock. */
export class Pings {
  #pending: Pending[] = [];
  /** Payloads of pings that wait no longer although an answer may still be under way, and how many answers. */
  #stale: Map<string, number> | undefined;
  /** Whether there were too many of those: from then on no payload but ours is known to be new. */
  #forgot = false;

  /** Pings that wait for their pong. */
  get waiting(): number {
    return this.#pending.length;
  }

  /**
   * A ping leaves. `own` says that nobody else sends its payload, and we only once. Returns how many older pings are
   * given up for it.
   */
  sent(payload: Uint8Array | string, now: number, own: boolean = false): number {
    const key = keyOf(payload);
    // ws throws for it, so it never leaves.
    if (key.length > MAX_PAYLOAD) return 0;
    const twice = this.#pending.some((one) => one.payload === key);
    // Empty payloads are those of unsolicited pongs too (RFC 6455 section 5.5.3), so they never tell a time.
    const fresh = own || (key !== "" && !this.#forgot && this.#stale?.has(key) !== true);
    if (twice) this.#pending = this.#pending.map((one) => (one.payload === key ? { ...one, unique: false } : one));
    this.#pending.push({ payload: key, sentAt: now, unique: fresh && !twice, own });
    if (this.#pending.length <= MAX_PENDING) return 0;
    this.#remember(this.#pending.splice(0, 1));
    return 1;
  }

  /**
   * A pong arrives. A peer may answer only the last of several pings, so those before it are answered with it, without
   * a time of their own. An unsolicited pong answers nothing.
   */
  answered(payload: Uint8Array | string, now: number): AnsweredPing[] {
    const key = keyOf(payload);
    const index = this.#pending.findIndex((one) => one.payload === key);
    if (index === -1) {
      this.#forget(key);
      return [];
    }
    const answered = this.#pending.splice(0, index + 1);
    this.#remember(answered.slice(0, index));
    return answered.map(({ sentAt, unique, own }, position) => ({
      roundTrip: position === index && unique ? now - sentAt : undefined,
      own,
    }));
  }

  /** Gives up the pings that have waited for `timeout` seconds; returns how many. */
  expire(now: number, timeout: number): number {
    if (this.#pending.length === 0) return 0;
    const firstWaiting = this.#pending.findIndex((one) => now - one.sentAt < timeout);
    return this.#giveUp(firstWaiting === -1 ? this.#pending.length : firstWaiting);
  }

  /** Gives up our heartbeat and what was sent before it; returns how many. */
  expireOwn(): number {
    return this.#giveUp(this.#pending.findLastIndex((one) => one.own) + 1);
  }

  #giveUp(count: number): number {
    if (count > 0) this.#remember(this.#pending.splice(0, count));
    return count;
  }

  #remember(pings: readonly Pending[]): void {
    for (const { payload, own } of pings) {
      // Nothing is sent twice with a payload of ours, and an empty one never tells a time.
      if (own || payload === "") continue;
      this.#stale ??= new Map();
      const answers = this.#stale.get(payload) ?? 0;
      if (answers === 0 && this.#stale.size >= MAX_STALE) this.#forgot = true;
      else this.#stale.set(payload, answers + 1);
    }
  }

  #forget(payload: string): void {
    const answers = this.#stale?.get(payload);
    if (answers === undefined) return;
    if (answers === 1) this.#stale!.delete(payload);
    else this.#stale!.set(payload, answers - 1);
  }
}

/** Up to 125 bytes (RFC 6455 section 5.5) as text that differs where the bytes do. */
function keyOf(payload: Uint8Array | string): string {
  if (typeof payload === "string") return payload;
  let key = "";
  for (const byte of payload) key += String.fromCharCode(byte);
  return key;
}
