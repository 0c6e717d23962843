import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environment } from "../../support/process.ts";

/** What to run. */
export interface ServerSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** An address that answers 200 once the server is ready. */
  readonly health: string;
}

/** The servers of this test file, whose output is shown when a test fails. */
export const servers: Set<Server> = new Set();

/** A temporary folder of a server's own. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `otel-ws-${name}-`));
}

interface Run {
  readonly pid: number;
  readonly exited: Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
}

/** A server that can be ended and started again, with the same folder. It is not started when it is made. */
export class Server {
  readonly name: string;
  /** Its temporary folder and working directory. */
  readonly folder: string;
  readonly #spec: ServerSpec;
  #run: Run | undefined;
  #output = "";

  constructor(spec: ServerSpec, folder: string = temporaryFolder(spec.name)) {
    this.name = spec.name;
    this.folder = folder;
    this.#spec = spec;
    servers.add(this);
  }

  get pid(): number {
    if (this.#run === undefined) throw new Error(`${this.name} does not run`);
    return this.#run.pid;
  }

  /** All that it has printed, over all its runs. */
  get output(): string {
    return this.#output;
  }

  /** Starts it; resolves when it is ready. @throws Error with its output where it ends before that */
  async start(): Promise<void> {
    const { command, args, env = {}, health } = this.#spec;
    const child = spawn(command, args, {
      cwd: this.folder,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let ending: string | undefined;
    const exited = once(child, "close").then(
      ([code, signal]) => (ending = String(signal ?? code)),
      (error: unknown) => (ending = String(error)),
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
    }
    void exited.then(guard(child.pid));
    this.#run = { pid: child.pid ?? -1, exited, kill: (signal) => void child.kill(signal) };
    while (!(await answers(health))) {
      if (ending !== undefined) throw new Error(`${this.name} ended (${ending}) before it was ready:\n${this.output}`);
      await new Promise((resolve) => void setTimeout(resolve, 50));
    }
  }

  /** Ends it as an operator would, or without warning. Resolves when the process is gone. */
  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    run?.kill(signal);
    await run?.exited;
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.end("SIGKILL");
    servers.delete(this);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Removes all servers of this test file. */
export async function removeServers(): Promise<void> {
  await Promise.all([...servers].map((server) => server.remove()));
}

/**
 * Kills a process when this one is gone, in whatever way: then the pipe ends on which another process waits.
 * @returns what ends the watch
 */
function guard(pid: number | undefined): () => void {
  if (pid === undefined) return () => {};
  const watch = spawn("sh", ["-c", 'cat >/dev/null; kill -9 "$0" 2>/dev/null', String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    // A group of its own, so that Ctrl-C does not end the watch before its work is done.
    detached: true,
  });
  watch.unref();
  return () => void (watch.pid !== undefined && process.kill(-watch.pid, "SIGKILL"));
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
