/** Holding a connection: pings, drops, and coming back. */
import { contain } from "../core/contain.ts";
import type { Connection } from "./connection.ts";
import { limited, onAbort, pause } from "./limit.ts";
import { ProbeFailure, anyFailure } from "./problem.ts";
import type { RunRecord } from "./record.ts";
import { RoundTrips } from "./stability.ts";
import type { ResolvedHold } from "./target.ts";
import { duration } from "./text.ts";
import type { StabilityFacts } from "./types.ts";

const PROGRESS = 1000;
const FIRST_DELAY = 1000;
const MAX_DELAY = 30_000;
/** A connection that lived so long was a good one: the next delay is short again. */
const GOOD = 10_000;
/** So many pings in a row without an answer: it is not there any more. */
const SILENT = 3;

/** What a hold is given. */
export interface Holding {
  readonly options: ResolvedHold;
  /** In milliseconds. */
  readonly maxRoundTrip: number | undefined;
  readonly connection: Connection;
  /** Opens another connection in at most so many milliseconds, and goes through the steps. @throws ProbeFailure */
  readonly reopen: (milliseconds: number) => Promise<Connection>;
  /** Ends the hold. */
  readonly signal: AbortSignal;
  readonly progress: ((stability: StabilityFacts) => void) | undefined;
}

/** How it went. */
export interface Held {
  readonly connection: Connection | undefined;
  readonly failure: ProbeFailure | undefined;
}

/** Holds the connection, and records what was measured. Never rejects. */
export async function hold(holding: Holding, record: RunRecord): Promise<Held> {
  const watch = new Watch(holding);
  const { progress } = holding;
  const telling = setInterval(() => contain("onProgress", () => progress?.(watch.facts())), PROGRESS);
  try {
    return await watch.run(record);
  } finally {
    clearInterval(telling);
    record.stability = watch.facts();
  }
}

class Watch {
  readonly #holding: Holding;
  readonly #start = performance.now();
  readonly #roundTrips = new RoundTrips();
  #connection: Connection | undefined;
  #since = this.#start;
  #connected = 0;
  #drops = 0;
  #reconnects = 0;
  #pings = 0;
  #missed = 0;
  /** Pings in a row without an answer. */
  #silent = 0;
  #slow = 0;
  /** Of the connections before this one, less what this one had before it was held. */
  #sent = 0;
  #received = 0;
  #delay = FIRST_DELAY;
  #lost: ProbeFailure | undefined;

  constructor(holding: Holding) {
    this.#holding = holding;
    this.#adopt(holding.connection);
  }

  facts(): StabilityFacts {
    const now = performance.now();
    const roundTrip = this.#roundTrips.facts();
    const open = this.#connection;
    return {
      duration: (now - this.#start) / 1000,
      connected: (this.#connected + (open === undefined ? 0 : now - this.#since)) / 1000,
      drops: this.#drops,
      reconnects: this.#reconnects,
      pings: this.#pings,
      missedPongs: this.#missed,
      messagesSent: this.#sent + (open?.sent ?? 0),
      messagesReceived: this.#received + (open?.received ?? 0),
      ...(roundTrip !== undefined && { roundTrip }),
    };
  }

  async run(record: RunRecord): Promise<Held> {
    try {
      while (this.#left > 0) {
        if (this.#connection === undefined) await this.#reconnect();
        else await this.#keep(this.#connection);
      }
    } catch (error) {
      return { connection: this.#connection, failure: anyFailure(error, "message") };
    }
    this.#warn(record);
    return { connection: this.#connection, failure: this.#failure() };
  }

  get #left(): number {
    const left = this.#start + this.#holding.options.duration - performance.now();
    // Timers may be that early; nothing is to begin for the rest.
    return left < 1 ? 0 : left;
  }

  #adopt(connection: Connection): void {
    this.#connection = connection;
    this.#since = performance.now();
    this.#silent = 0;
    // What the steps sent and received is not of the hold.
    this.#sent -= connection.sent;
    this.#received -= connection.received;
    // Messages are counted there, and nobody reads them.
    connection.inbox.close();
  }

  async #keep(connection: Connection): Promise<void> {
    const ends = new AbortController();
    const done = onAbort(connection.signal, (reason) => ends.abort(reason));
    const pinging = setInterval(() => this.#ping(connection, ends.signal), this.#holding.options.pingInterval);
    this.#ping(connection, ends.signal);
    try {
      await pause(this.#left, ends.signal);
    } catch (error) {
      this.#holding.signal.throwIfAborted();
      this.#drop(connection, anyFailure(error, "message"));
    } finally {
      clearInterval(pinging);
      done();
      // Pings that are still under way are neither answered nor missed.
      ends.abort(new Error("over"));
    }
  }

  #drop(connection: Connection, failure: ProbeFailure): void {
    const lived = performance.now() - this.#since;
    this.#lost = failure;
    this.#drops += 1;
    this.#connected += lived;
    this.#sent += connection.sent;
    this.#received += connection.received;
    this.#connection = undefined;
    this.#delay = lived >= GOOD ? FIRST_DELAY : this.#delay;
    connection.terminate();
  }

  #ping(connection: Connection, signal: AbortSignal): void {
    const { pingInterval, send } = this.#holding.options;
    this.#pings += 1;
    if (signal.aborted) return;
    if (connection.congested) {
      this.#miss();
      return;
    }
    if (send !== undefined) connection.send(send);
    const within = Math.max(1000, Math.min(3 * pingInterval, 5000));
    const from = performance.now();
    limited(
      within,
      signal,
      () => new Missed(),
      (ended) => connection.ping(ended),
    ).then(
      (at) => this.#answered(at - from),
      (error: unknown) => {
        if (error instanceof Missed) this.#miss();
      },
    );
  }

  #answered(took: number): void {
    this.#silent = 0;
    this.#roundTrips.add(took);
    if (took > (this.#holding.maxRoundTrip ?? Number.POSITIVE_INFINITY)) this.#slow += 1;
  }

  #miss(): void {
    this.#missed += 1;
    this.#silent += 1;
  }

  async #reconnect(): Promise<void> {
    const { signal, reopen } = this.#holding;
    // Between half of it and all: many checks that lost one server must not come back at once.
    await pause(Math.min(this.#left, this.#delay * (0.5 + Math.random() / 2)), signal);
    this.#delay = Math.min(2 * this.#delay, MAX_DELAY);
    const time = this.#left;
    if (time === 0) return;
    try {
      this.#adopt(await reopen(time));
      this.#reconnects += 1;
    } catch (error) {
      signal.throwIfAborted();
      // That the hold ended meanwhile says less than why it was needed.
      if (this.#left > 0) this.#lost = anyFailure(error, "connect");
    }
  }

  #failure(): ProbeFailure | undefined {
    if (this.#connection === undefined) {
      const { type, phase, message, code } = this.#lost!;
      return new ProbeFailure(type, phase, `the connection was lost and did not come back: ${message}`, code);
    }
    const { count } = this.#roundTrips;
    if (this.#silent < SILENT && (count > 0 || this.#missed === 0)) return undefined;
    const message = `${this.#connection.where} has not answered the last ${this.#silent} pings`;
    return new ProbeFailure("pong_timeout", "message", message);
  }

  #warn(record: RunRecord): void {
    const { maxRoundTrip } = this.#holding;
    if (this.#reconnects > 0) {
      const reason = this.#lost === undefined ? "" : `, the last time because ${this.#lost.message}`;
      record.warn({
        type: "reconnected",
        phase: "message",
        message: `the connection was lost ${times(this.#drops)} and came back${reason}`,
      });
    }
    if (this.#missed > 0) {
      record.warn({
        type: "missed_pongs",
        phase: "message",
        message: `${this.#missed} of ${this.#pings} pings were not answered in time`,
      });
    }
    if (this.#slow > 0 && maxRoundTrip !== undefined) {
      const slowest = duration(this.#roundTrips.max * 1000);
      const message = `${this.#slow} of ${this.#roundTrips.count} pings took longer than ${duration(maxRoundTrip)}`;
      record.warn({ type: "slow_round_trip", phase: "message", message: `${message}, the slowest one ${slowest}` });
    }
  }
}

class Missed extends Error {}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
