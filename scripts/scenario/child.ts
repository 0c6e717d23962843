/** The processes of a scenario. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { FromChild, StartClients, ToServer } from "./model.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
/** Milliseconds that a process may take to end. */
const PATIENCE = 10_000;

const alive = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});

/** A process that runs, with nothing but `--import opentelemetry-websocket/register`. */
export class Child {
  readonly #process: ChildProcess;
  readonly #name: string;
  readonly #exited: Promise<string>;
  #ending = false;

  /** `onLine` is given what it prints, `onDeath` a reason where it ends without having been told to. */
  constructor(
    name: string,
    file: string,
    env: NodeJS.ProcessEnv,
    on: { readonly line: (line: string) => void; readonly death: (reason: string) => void },
  ) {
    this.#name = name;
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      // The package finds itself by its name from its own folder.
      cwd: PROJECT,
      execArgv: ["--import", "opentelemetry-websocket/register"],
      env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A group of its own: Ctrl-C is for the runner, which ends the others in order.
      detached: true,
    });
    this.#process = child;
    alive.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => on.line(`${name}: ${line}`));
    }
    this.#exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        alive.delete(child);
        const how = signal ?? `exit code ${code}`;
        if (!this.#ending) on.death(`the process of the ${name} ended unexpectedly (${how})`);
        resolve(how);
      });
    });
  }

  send(message: ToServer | StartClients): void {
    if (this.#process.connected) this.#process.send(message);
  }

  on(listener: (message: FromChild) => void): void {
    this.#process.on("message", listener);
  }

  /** The next message of a kind. @throws Error where the process ends before */
  next<Kind extends FromChild["kind"]>(kind: Kind): Promise<FromChild & { kind: Kind }> {
    return new Promise((resolve, reject) => {
      const listener = (message: FromChild): void => {
        if (message.kind !== kind) return;
        this.#process.off("message", listener);
        resolve(message as FromChild & { kind: Kind });
      };
      this.on(listener);
      void this.#exited.then((how) => reject(new Error(`the process of the ${this.#name} ended (${how})`)));
    });
  }

  /** Asks it to end, as an orchestrator does; resolves with how it ended. */
  async end(): Promise<string> {
    this.#ending = true;
    this.#process.kill("SIGTERM");
    const impatient = setTimeout(() => this.#process.kill("SIGKILL"), PATIENCE);
    const how = await this.#exited;
    clearTimeout(impatient);
    return how;
  }
}
