import type { Matcher, ReceivedMessage } from "./expectation.ts";

const MAX_MESSAGES = 1000;
const MAX_BYTES = 4 * 1024 * 1024;

/** Somebody waits for messages. */
interface Waiter {
  readonly matcher: Matcher;
  left: number;
  readonly found: (message: ReceivedMessage) => void;
}

/**
 * Messages that nobody has asked for yet. It is bounded: where a server sends more than the check reads, the oldest ones
 * are dropped.
 */
export class Inbox {
  /** From `#head` on; the front is cut off in pieces, because shift() is slow on long arrays. */
  #messages: ReceivedMessage[] = [];
  #head = 0;
  #bytes = 0;
  #waiter: Waiter | undefined;
  #open = true;
  /** How many were passed over since the last `take` began, and the last one of them. */
  passed = 0;
  lastPassed: ReceivedMessage | undefined;

  /** Whether it keeps what comes. */
  get isOpen(): boolean {
    return this.#open;
  }

  get size(): number {
    return this.#messages.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A message has come. */
  push(message: ReceivedMessage): void {
    if (!this.#open) return;
    if (this.#waiter !== undefined) {
      this.#offer(this.#waiter, message);
      return;
    }
    this.#messages.push(message);
    this.#bytes += message.size;
    while (this.size > MAX_MESSAGES || (this.#bytes > MAX_BYTES && this.size > 1)) this.#shift();
  }

  /**
   * The last of the messages that `matcher` takes, of those that are here and those that come. All up to it are consumed;
   * those that come after it stay. One may wait at a time.
   */
  take(matcher: Matcher, signal: AbortSignal): Promise<ReceivedMessage> {
    this.passed = 0;
    this.lastPassed = undefined;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiter = undefined;
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        matcher,
        left: matcher.count,
        found: (message) => {
          this.#waiter = undefined;
          signal.removeEventListener("abort", stop);
          resolve(message);
        },
      };
      this.#waiter = waiter;
      while (this.#waiter === waiter && this.size > 0) this.#offer(waiter, this.#shift());
      if (this.#waiter !== waiter) return;
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
  }

  /** Keeps nothing from now on. */
  close(): void {
    this.#open = false;
    this.#messages = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  #offer(waiter: Waiter, message: ReceivedMessage): void {
    if (!waiter.matcher.matches(message)) {
      this.passed += 1;
      this.lastPassed = message;
      return;
    }
    waiter.left -= 1;
    if (waiter.left === 0) waiter.found(message);
    else this.passed += 1;
  }

  #shift(): ReceivedMessage {
    const message = this.#messages[this.#head]!;
    this.#head += 1;
    this.#bytes -= message.size;
    if (this.#head > MAX_MESSAGES) {
      this.#messages.splice(0, this.#head);
      this.#head = 0;
    }
    return message;
  }
}
