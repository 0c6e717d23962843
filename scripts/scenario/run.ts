/** Runs a scenario: a server and its clients in processes of their own, and what happens to them. */
import { SCENARIOS } from "./catalog.ts";
import type { ScenarioName } from "./catalog.ts";
import { Child } from "./child.ts";
import { Clock } from "./clock.ts";
import { clientsEnvironment, serverEnvironment } from "./environment.ts";
import type { Incident, Scenario, Tally } from "./model.ts";

export interface RunOptions {
  /** How many times faster than real time; whole milliseconds a minute are best, such as at 60. */
  readonly scale: number;
  /** `service.name` of the server; that of the clients ends in `-clients`. */
  readonly service: string;
  /** What the processes print, and what happens. */
  readonly onLine: (line: string) => void;
}

/** A scenario that runs. */
export interface RunningScenario {
  readonly clock: Clock;
  /** Names of the services, as Prometheus has them in `job`. */
  readonly services: readonly string[];
  /** What the clients have counted. */
  readonly tally: Tally;
  /** Rejects where a process ends without having been told to; never resolves. */
  readonly failed: Promise<never>;
  /** Ends the clients, then the server. */
  stop(): Promise<void>;
}

/** Starts a scenario; its time begins when this resolves. @throws Error where a process does not start; none is left then */
export async function startScenario(name: ScenarioName, options: RunOptions): Promise<RunningScenario> {
  const run = new Run(SCENARIOS[name], options);
  try {
    await run.start();
  } catch (error) {
    await run.stop();
    throw error;
  }
  return run;
}

class Run implements RunningScenario {
  clock: Clock;
  readonly services: readonly string[];
  readonly failed: Promise<never>;
  tally: Tally = { open: 0, accepted: 0, refused: 0, closes: {} };
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  /** Those that run: two while one is deployed. */
  readonly #servers: Set<Child> = new Set();
  #clients: Child | undefined;
  /** A deployment that goes on. */
  #deploying: Promise<void> = Promise.resolve();
  #fail: (reason: string) => void = () => {};

  constructor(scenario: Scenario, options: RunOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.clock = new Clock(options.scale);
    this.services = [options.service, `${options.service}-clients`];
    this.failed = new Promise<never>((_, reject) => (this.#fail = (reason) => reject(new Error(reason))));
    // It may fail before somebody waits for it.
    this.failed.catch(() => {});
  }

  async start(): Promise<void> {
    const env = clientsEnvironment(this.clock, this.services[1]!);
    this.#clients = new Child("clients", "./clients.ts", env, { line: this.#options.onLine, death: this.#fail });
    this.#clients.on((message) => {
      if (message.kind === "tally") this.tally = message;
    });
    const ready = this.#clients.next("ready");
    // It may end while the server starts.
    ready.catch(() => {});
    const port = await listen(await this.#boot(0), 0);
    await ready;
    // Nothing of the scenario has passed while the processes started.
    this.clock = new Clock(this.#options.scale);
    this.#clients.send({ port, populations: this.#scenario.populations, scale: this.clock.scale });
    for (const [index, incident] of (this.#scenario.incidents ?? []).entries()) {
      const happen = (): void =>
        void this.#happen(incident, index, port).catch((error: Error) => this.#fail(error.message));
      this.#timers.push(setTimeout(happen, this.clock.milliseconds(incident.at)));
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    // That one failed is what `failed` tells.
    await this.#deploying.catch(() => {});
    await this.#clients?.end();
    await Promise.all([...this.#servers].map((server) => server.end()));
  }

  async #happen({ kind }: Incident, index: number, port: number): Promise<void> {
    this.#options.onLine(`minute ${this.clock.now.toFixed(0)}: ${kind}`);
    if (kind === "outage") for (const server of this.#servers) server.send({ kind: "fail" });
    else {
      this.#deploying = this.#deploy(index + 1, port);
      await this.#deploying;
    }
  }

  /** The next process is up before the one before is asked to end, and takes its port when that is gone. */
  async #deploy(generation: number, port: number): Promise<void> {
    const [before] = this.#servers;
    const next = await this.#boot(generation);
    await before?.end();
    if (before !== undefined) this.#servers.delete(before);
    await listen(next, port);
  }

  /** A server that does not listen yet. The incident that will end it says whether it closes by itself. */
  async #boot(generation: number): Promise<Child> {
    const closes = this.#scenario.incidents?.[generation]?.kind === "deploy";
    const env = serverEnvironment(this.#scenario, this.clock, this.services[0]!, closes);
    const server = new Child("server", "./apps/server.mjs", env, { line: this.#options.onLine, death: this.#fail });
    this.#servers.add(server);
    await server.next("ready");
    return server;
  }
}

/** Has a server listen; resolves with its port. */
async function listen(server: Child, port: number): Promise<number> {
  const listening = server.next("listening");
  server.send({ kind: "listen", port });
  return (await listening).port;
}
