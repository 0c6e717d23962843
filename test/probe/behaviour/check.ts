import { once } from "node:events";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { run } from "../../../src/probe/run.ts";
import type { Findings, RunContext } from "../../../src/probe/run.ts";
import { resolveTarget } from "../../../src/probe/target.ts";
import type { PhaseTiming, ProbePhase, ProbeTarget } from "../../../src/probe/types.ts";
import { environment } from "../../support/process.ts";

/** Checks once, with the engine itself. */
export async function check(target: ProbeTarget, context: Omit<RunContext, "socketClass"> = {}): Promise<Findings> {
  return run(resolveTarget(target), { socketClass: class extends WebSocket {}, ...context });
}

/** The timings of a phase, in milliseconds. */
export function durations({ phases }: Findings, phase: ProbePhase): number[] {
  return phases.filter((timing) => timing.phase === phase).map(({ duration }: PhaseTiming) => duration * 1000);
}

/** The process with all servers. */
export interface ServerProcess {
  /** What its one line says: URLs by name, and what checks need besides. */
  readonly places: Readonly<Record<string, string>>;
  /** Ends it; resolves with its code. */
  readonly stop: (how?: "SIGTERM" | "stdin") => Promise<number | null>;
}

/** Starts all servers, in a process of their own. */
export async function startServers(): Promise<ServerProcess> {
  const main = fileURLToPath(new URL("../servers/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main], { env: environment({}), stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close") as Promise<[number | null]>;
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return {
    places: JSON.parse(line) as Record<string, string>,
    async stop(how = "SIGTERM") {
      if (how === "stdin") child.stdin.end();
      else child.kill(how);
      const [code] = await ended;
      return code;
    },
  };
}

/** Sockets, timers and questions to DNS servers that are open in this process, by kind. */
export function openHandles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCP|TLS|UDP|Timeout|DNS|Query|GetAddrInfo|Connect|Zlib/i.test(name))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** What is open besides `before`, when the event loop has gone round a few times or as soon as it is nothing. */
export async function leftOpen(before: readonly string[]): Promise<string[]> {
  for (let turn = 0; ; turn += 1) {
    const expected = [...before];
    const left = openHandles().filter((name) => {
      const at = expected.indexOf(name);
      if (at >= 0) expected.splice(at, 1);
      return at < 0;
    });
    if (left.length === 0 || turn === 20) return left;
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
