import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ToChild, ToParent } from "./messages.ts";

/** A child process of the demo that runs and is ready. */
export interface Child {
  /** The port that it listens on, if it does. */
  readonly port: number | undefined;
  send(message: ToChild & { kind: "start" }): void;
  /** Has it end its connections, export and exit; killed if that takes more than 8 s. */
  stop(): Promise<void>;
}

/** What to start, and whom to tell. */
export interface ChildOptions {
  script: "server" | "clients";
  env: NodeJS.ProcessEnv;
  /** A line that the child printed. */
  onLine: (line: string) => void;
  /** The child ended without having been told to. */
  onDeath: (reason: string) => void;
}

// This file runs compiled, or as it is where Node.js strips the types.
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const register = new URL(`../register${extension}`, import.meta.url).href;
const stopTimeout = 8000;

const alive = new Set<ChildProcess>();
process.on("exit", killChildren);

/** Kills what is left, at once. */
export function killChildren(): void {
  for (const child of alive) child.kill("SIGKILL");
}

/** Starts a script of the demo the way a user starts an instrumented application; resolves when it is ready. */
export async function startChild({ script, env, onLine, onDeath }: ChildOptions): Promise<Child> {
  const child = fork(fileURLToPath(new URL(`./${script}${extension}`, import.meta.url)), {
    execArgv: ["--import", register],
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // A process group of its own: Ctrl-C is for the parent, which ends the children in order.
    detached: true,
  });
  alive.add(child);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on("line", (line) => onLine(`${script}: ${line}`));
  }
  let stopping = false;
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      alive.delete(child);
      resolve();
      if (!stopping) onDeath(`the process of the ${script} ended unexpectedly (${signal ?? `exit code ${code}`})`);
    });
  });
  const port = await Promise.race([
    new Promise<number | undefined>((resolve) => {
      child.on("message", (message: ToParent) => resolve(message.port));
    }),
    // Reported by `onDeath`; the rest of the start is of no use then.
    exited.then(() => undefined),
  ]);
  const send = (message: ToChild): void => {
    // The channel may break at any time; the exit tells.
    if (child.connected) child.send(message, () => {});
  };
  return {
    port,
    send,
    stop: async () => {
      stopping = true;
      send({ kind: "stop" });
      const impatient = setTimeout(() => child.kill("SIGKILL"), stopTimeout);
      await exited;
      clearTimeout(impatient);
    },
  };
}
