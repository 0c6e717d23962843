/** One run of a check. */
import { setImmediate } from "node:timers/promises";
import type { WebSocket } from "ws";
import { close } from "./closing.ts";
import type { Connection } from "./connection.ts";
import { secureContext } from "./dial/secure.ts";
import { Sockets } from "./dial/sockets.ts";
import { hold } from "./hold.ts";
import { Budget, limited, onAbort } from "./limit.ts";
import { open } from "./open.ts";
import type { Opening } from "./open.ts";
import { perform } from "./perform.ts";
import { ProbeFailure, abortedFailure, anyFailure, lateFailure } from "./problem.ts";
import { RunRecord } from "./record.ts";
import type { Findings } from "./record.ts";
import { Secrets } from "./secrets.ts";
import { summary } from "./summary.ts";
import type { ResolvedTarget } from "./target.ts";
import type { StabilityFacts } from "./types.ts";

export type { Findings } from "./record.ts";

/** What one run is given besides the target. */
export interface RunContext {
  /** The class of `ws` whose sockets are observed; each run makes its sockets from it. */
  readonly socketClass: typeof WebSocket;
  /** Ends the run at once, as `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Told about once a second while a connection is held. */
  readonly progress?: ((stability: StabilityFacts) => void) | undefined;
}

/** How long the closing handshake may take, how long at least where the run's time is over, and where it is stopped. */
const CLOSE = { most: 2000, least: 250, stopped: 100 } as const;

/**
 * Checks the target once. Never rejects and never takes longer than the target's timeout, plus `hold.duration`, plus a
 * bounded close. Nothing of it is left when it resolves.
 */
export async function run(target: ResolvedTarget, context: RunContext): Promise<Findings> {
  return new Run(target, context).findings();
}

class Run {
  readonly #target: ResolvedTarget;
  readonly #context: RunContext;
  readonly #record = new RunRecord();
  readonly #secrets = new Secrets();
  readonly #sockets = new Sockets();
  readonly #stop = new AbortController();
  readonly #budget: Budget;
  #connection: Connection | undefined;

  constructor(target: ResolvedTarget, context: RunContext) {
    this.#target = target;
    this.#context = context;
    this.#budget = new Budget(target.timeout);
  }

  async findings(): Promise<Findings> {
    const stop = (): void => this.#stop.abort(abortedFailure(this.#record.current?.phase));
    const unlink = this.#context.signal === undefined ? undefined : onAbort(this.#context.signal, stop);
    const checked = await this.#outcome(() => this.#check());
    // A hold is not of the budget.
    const failure = (await this.#outcome(() => this.#close(checked))) ?? checked;
    unlink?.();
    await this.#sockets.close();
    // `ws` and its observers say goodbye in the ticks that follow.
    await setImmediate();
    return summary(this.#target, this.#record, failure, this.#secrets);
  }

  async #outcome(part: () => Promise<ProbeFailure | undefined>): Promise<ProbeFailure | undefined> {
    let failure: ProbeFailure | undefined;
    try {
      failure = await part();
    } catch (error) {
      failure = anyFailure(error, this.#record.current?.phase);
    }
    this.#record.current?.end(failure?.type);
    return failure;
  }

  async #check(): Promise<ProbeFailure | undefined> {
    const { expectStatus, hold: options, maxRoundTrip } = this.#target;
    this.#stop.signal.throwIfAborted();
    const opening = await this.#limited(this.#budget.left, (signal) => this.#prepare(signal));
    const connection = await this.#open(opening, this.#budget);
    if (connection === undefined) return undefined;
    this.#connection = connection;
    if (expectStatus !== undefined) {
      const message = `${connection.where} accepted the upgrade, and ${expectStatus} was expected`;
      return new ProbeFailure("unexpected_accept", "upgrade", message);
    }
    await this.#perform(connection, this.#budget);
    if (options === undefined) return undefined;
    const held = await this.#budget.without(() =>
      hold(
        {
          options,
          maxRoundTrip,
          connection,
          reopen: (milliseconds) => this.#reopen(opening, milliseconds),
          signal: this.#stop.signal,
          progress: this.#context.progress,
        },
        this.#record,
      ),
    );
    this.#connection = held.connection;
    return held.failure;
  }

  /** Reads what stands in files and in the environment. */
  async #prepare(signal: AbortSignal): Promise<Opening> {
    const { url, headers, bearer, tls } = this.#target;
    const fields = { ...headers };
    if (bearer !== undefined) fields.Authorization = `Bearer ${await this.#secrets.read(bearer, signal)}`;
    this.#secrets.addRequest(url, fields);
    const context = url.protocol === "wss:" ? await secureContext(tls, this.#secrets, signal) : undefined;
    const dialer = {
      target: this.#target,
      record: this.#record,
      sockets: this.#sockets,
      secrets: this.#secrets,
      context,
    };
    return { dialer, headers: fields, socketClass: this.#context.socketClass, outer: this.#stop.signal };
  }

  #open(opening: Opening, budget: Budget): Promise<Connection | undefined> {
    return this.#limited(budget.left, (signal) => open(opening, signal), budget.total);
  }

  async #reopen(opening: Opening, milliseconds: number): Promise<Connection> {
    const budget = new Budget(Math.min(milliseconds, this.#target.timeout));
    const connection = await this.#open(opening, budget);
    if (connection === undefined) throw new ProbeFailure("_OTHER", "upgrade", "the upgrade was refused");
    try {
      await this.#perform(connection, budget);
      return connection;
    } catch (error) {
      connection.terminate();
      throw error;
    }
  }

  #perform(connection: Connection, budget: Budget): Promise<void> {
    const { steps, maxRoundTrip } = this.#target;
    return perform(connection, steps, { record: this.#record, budget, maxRoundTrip });
  }

  #limited<T>(milliseconds: number, begin: (signal: AbortSignal) => Promise<T>, total = milliseconds): Promise<T> {
    const late = (): ProbeFailure => {
      const phase = this.#record.current;
      return lateFailure(phase?.phase, phase?.detail ?? this.#target.url.host, total, phase?.missing);
    };
    return limited(milliseconds, this.#stop.signal, late, begin);
  }

  async #close(failure: ProbeFailure | undefined): Promise<ProbeFailure | undefined> {
    const connection = this.#connection;
    if (connection === undefined) return failure;
    const { signal } = this.#stop;
    const time = signal.aborted ? CLOSE.stopped : Math.min(CLOSE.most, Math.max(CLOSE.least, this.#budget.left));
    const stop = ({ type }: ProbeFailure): void => {
      // It is not the server that ends the transport.
      this.#record.current?.end(type);
      connection.terminate();
    };
    const unlink = signal.aborted ? undefined : onAbort(signal, (reason) => stop(reason as ProbeFailure));
    const warning = await close(connection, time, this.#record).catch((error: unknown) => anyFailure(error, "close"));
    unlink?.();
    if (failure !== undefined) return failure;
    if (signal.aborted) return signal.reason as ProbeFailure;
    if (warning instanceof ProbeFailure) return warning;
    if (warning !== undefined) this.#record.warn(warning);
    return undefined;
  }
}
