/**
 * Protocol heartbeats (RFC 6455 section 5.5.2): which ping a pong answers. Correlation is by payload, never by
 * arrival, and only where it cannot be wrong.
 */

/** Pings of one connection that may wait for their pong at once; the oldest is given up as missed. */
const MAX_PENDING = 16;

/** What became of a ping. */
export type PingOutcome =
  | { readonly outcome: "acknowledged"; readonly roundTrip: number | undefined }
  | { readonly outcome: "missed" };

interface Pending {
  readonly payload: string;
  readonly sentAt: number;
  /** Whether an answer says how long it took: not if another ping with this payload may be answered by it. */
  readonly unique: boolean;
}

/** The pings of one connection. Times are seconds on the monotonic clock. */
export class Pings {
  #pending: Pending[] = [];
  /** Payloads of which an answer may still be under way although the ping is given up. */
  #stale = new Set<string>();

  /** Pings that wait for their pong. */
  get waiting(): number {
    return this.#pending.length;
  }

  /** A ping leaves. Returns how many older ones are given up for it. */
  sent(payload: Uint8Array | string, now: number): number {
    const key = keyOf(payload);
    const twice = this.#pending.some((one) => one.payload === key);
    // Empty payloads are those of unsolicited pongs too (RFC 6455 section 5.5.3), so they never tell a time.
    const unique = key !== "" && !twice && !this.#stale.has(key);
    if (twice) this.#pending = this.#pending.map((one) => (one.payload === key ? { ...one, unique: false } : one));
    this.#pending.push({ payload: key, sentAt: now, unique });
    if (this.#pending.length <= MAX_PENDING) return 0;
    this.#giveUp(this.#pending.splice(0, 1));
    return 1;
  }

  /**
   * A pong arrives. A peer may answer only the last of several pings, so those before it are answered with it, without
   * a time of their own. An unsolicited pong answers nothing.
   */
  answered(payload: Uint8Array | string, now: number): PingOutcome[] {
    const key = keyOf(payload);
    const index = this.#pending.findIndex((one) => one.payload === key);
    if (index === -1) {
      this.#stale.delete(key);
      return [];
    }
    const answered = this.#pending.splice(0, index + 1);
    return answered.map((one, position) => ({
      outcome: "acknowledged",
      roundTrip: position === index && one.unique ? now - one.sentAt : undefined,
    }));
  }

  /** Gives up the pings that have waited for `timeout` seconds; returns how many. */
  expire(now: number, timeout: number): number {
    const firstWaiting = this.#pending.findIndex((one) => now - one.sentAt < timeout);
    const expired = this.#pending.splice(0, firstWaiting === -1 ? this.#pending.length : firstWaiting);
    this.#giveUp(expired);
    return expired.length;
  }

  #giveUp(pings: readonly Pending[]): void {
    for (const { payload } of pings) {
      if (this.#stale.size >= MAX_PENDING) this.#stale.delete(this.#stale.values().next().value as string);
      this.#stale.add(payload);
    }
  }
}

/** Up to 125 bytes (RFC 6455 section 5.5) as text that differs where the bytes do. */
function keyOf(payload: Uint8Array | string): string {
  if (typeof payload === "string") return payload;
  let key = "";
  for (const byte of payload) key += String.fromCharCode(byte);
  return key;
}
