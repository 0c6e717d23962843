/** What one connection carried, for its span and events. Exists only where there are any. */
export class Totals {
  messagesSent = 0;
  messagesReceived = 0;
  bytesSent = 0;
  bytesReceived = 0;
  /** Seconds on the monotonic clock; 0 before the first message. */
  firstMessageAt = 0;
  /** Bytes that waited to be sent, at most, as seen by the sweeps. */
  maxBufferedAmount = 0;
  /** Seconds without a message in either direction, as seen by the sweeps. */
  longestSilence = 0;
  #sweptCount = 0;
  #quietSince: number;

  constructor(openedAt: number) {
    this.#quietSince = openedAt;
  }

  /** Messages in both directions. */
  get count(): number {
    return this.messagesSent + this.messagesReceived;
  }

  /** Silence is measured here and not per message, where it would cost a clock reading: its resolution is one sweep. */
  sweep(now: number): void {
    const { count } = this;
    if (count === this.#sweptCount) {
      this.longestSilence = Math.max(this.longestSilence, now - this.#quietSince);
    } else {
      this.#sweptCount = count;
      this.#quietSince = now;
    }
  }
}
