import { detached } from "../detached.ts";

/** Sends heartbeats on an interval and counts those that nobody answers. */

/** A heartbeat of the application's own: proves that the peer's application runs, and not only its socket. */
export interface ApplicationHeartbeat {
  /** The message to send as heartbeat number `sequence`. */
  create(sequence: number): string | Uint8Array;
  /** Whether a message that arrived acknowledges a heartbeat, or the number of the one that it acknowledges. */
  match(message: unknown): boolean | number;
  /** Whether the acknowledgement is kept from the application's listeners. */
  readonly consume: boolean;
}

/** The rules, with times in milliseconds as timers want them. */
export interface HeartbeatRules {
  readonly interval: number;
  readonly timeout: number;
  /** Heartbeats in a row that may go unanswered. */
  readonly maxMissed: number;
  /** Whether the connection is terminated then. */
  readonly terminate: boolean;
  readonly application: ApplicationHeartbeat | undefined;
}

/** What a heartbeat does with its connection. */
export interface HeartbeatTarget {
  /** Sends heartbeat number `sequence`; `false` where it did not leave, so that no answer is waited for. */
  beat(sequence: number): boolean;
  /** Heartbeat number `sequence` was not answered in time. */
  unanswered(sequence: number): void;
  /** `maxMissed` in a row were not answered. */
  lost(): void;
}

/** Up to this share of the interval is left out at random: 10,000 connections do not send in one tick. */
const JITTER = 0.1;

/** The heartbeat of one connection. Its timers keep no process alive. */
export class Heartbeat {
  readonly #rules: HeartbeatRules;
  readonly #target: HeartbeatTarget;
  #timer: Timer | undefined;
  #deadline: Timer | undefined;
  #sequence = 0;
  #waiting = false;
  #missed = 0;
  #stopped = false;

  constructor(rules: HeartbeatRules, target: HeartbeatTarget) {
    this.#rules = rules;
    this.#target = target;
    // The first one anywhere within the interval: connections that open together do not beat together.
    this.#schedule(rules.interval * Math.random());
  }

  /** The heartbeat that is waited for was answered. */
  answered(): void {
    this.#missed = 0;
    this.#settle();
  }

  /** Something else of the peer says that it was there just now; the answer may still fail to come. */
  alive(): void {
    this.#missed = 0;
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting = false;
    clear(this.#timer);
    clear(this.#deadline);
    this.#timer = undefined;
    this.#deadline = undefined;
  }

  #schedule(delay: number): void {
    this.#timer = later(delay, () => this.#beat());
  }

  #beat(): void {
    // Timers of nearly the same length may fire in the wrong order.
    this.#late();
    if (this.#stopped) return;
    const { interval, timeout } = this.#rules;
    this.#schedule(interval - Math.random() * Math.min(interval * JITTER, interval - timeout));
    this.#sequence += 1;
    this.#waiting = true;
    this.#deadline = later(timeout, () => this.#late());
    if (!this.#target.beat(this.#sequence)) this.#settle();
  }

  #settle(): void {
    this.#waiting = false;
    clear(this.#deadline);
    this.#deadline = undefined;
  }

  #late(): void {
    if (!this.#waiting) return;
    this.#settle();
    this.#missed += 1;
    this.#target.unanswered(this.#sequence);
    if (this.#missed >= this.#rules.maxMissed) {
      if (this.#rules.terminate) this.stop();
      this.#target.lost();
    }
  }
}

/** A timer of any runtime. */
type Timer = ReturnType<typeof setTimeout>;

function later(delay: number, run: () => void): Timer {
  const timer = detached(() => setTimeout(run, delay));
  // A browser's timer is a number.
  if (typeof timer === "object") timer.unref();
  return timer;
}

function clear(timer: Timer | undefined): void {
  if (timer !== undefined) clearTimeout(timer);
}
