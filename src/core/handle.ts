import { describe } from "./bounded.ts";
import type { Connection } from "./connection.ts";
import { reportOnce } from "./contain.ts";

/** Options of `expectAck`. */
export interface ExpectAckOptions {
  /**
   * Milliseconds after which the acknowledgement counts as `timeout`. That is noticed when metrics are collected.
   * @default 30000
   */
  timeout?: number | undefined;
}

/** An observed connection, for what only the application knows about it. After the close its methods do nothing. */
export interface WebSocketConnection {
  /**
   * A message was sent whose acknowledgement is expected: `websocket.*.ack.duration` starts. A key that is pending
   * already is a message sent again: its time goes on, with the new timeout.
   * @param key what the acknowledgement will name, such as the message's id; unique among those pending
   * @throws TypeError for a key that is no text or empty, or a timeout that is no number of milliseconds above 0
   */
  expectAck(key: string, options?: ExpectAckOptions): void;
  /**
   * The acknowledgement arrived. `false` where none was expected under this key, or not in time.
   * @throws TypeError for a key that is no text or empty
   */
  ack(key: string): boolean;
  /**
   * Records the end-to-end latency of a message, in milliseconds, from a timestamp that the application put into it.
   * A negative one, as from clocks that differ, is left out and reported once.
   * @throws TypeError for anything but a finite number
   */
  recordLatency(milliseconds: number): void;
}

const DEFAULT_TIMEOUT = 30_000;

class Handle implements WebSocketConnection {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  expectAck(key: string, options: ExpectAckOptions = {}): void {
    const expected = "options to be { timeout } in milliseconds";
    if (typeof options !== "object" || options === null) throw wrong("expectAck", expected, options);
    const timeout: unknown = options.timeout ?? DEFAULT_TIMEOUT;
    if (typeof timeout !== "number" || !Number.isFinite(timeout) || timeout <= 0) {
      throw wrong("expectAck", "timeout to be a number of milliseconds greater than 0", timeout);
    }
    this.#connection.expectAck(checkedKey("expectAck", key), timeout / 1000);
  }

  ack(key: string): boolean {
    return this.#connection.ack(checkedKey("ack", key));
  }

  recordLatency(milliseconds: number): void {
    if (typeof milliseconds !== "number" || !Number.isFinite(milliseconds)) {
      throw wrong("recordLatency", "a number of milliseconds", milliseconds);
    }
    if (milliseconds < 0) reportOnce("recordLatency", "a negative latency is left out; do the clocks differ?");
    else this.#connection.latency(milliseconds / 1000);
  }
}

const handles = new WeakMap<Connection, WebSocketConnection>();

/** The application's handle of a connection; always the same one. */
export function handleOf(connection: Connection): WebSocketConnection {
  const known = handles.get(connection);
  if (known !== undefined) return known;
  const created = new Handle(connection);
  handles.set(connection, created);
  return created;
}

function checkedKey(method: string, key: unknown): string {
  if (typeof key !== "string" || key === "") throw wrong(method, "key to be a non-empty string", key);
  return key;
}

function wrong(method: string, expected: string, given: unknown): TypeError {
  return new TypeError(`opentelemetry-websocket: ${method}: expected ${expected}, got ${describe(given)}`);
}
