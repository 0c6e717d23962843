import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** How an example ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An example that runs. */
export interface Running {
  /** The first line that it printed; `undefined` where it ended without one. */
  readonly firstLine: Promise<string | undefined>;
  readonly ended: Promise<Ending>;
  kill(signal: NodeJS.Signals): void;
}

/** What follows `node` in the command that the comment at the top of an example gives. */
export function commandOf(file: string): string[] {
  const header = readFileSync(`${PROJECT}examples/${file}`, "utf8").match(/^(?:\/\/.*\n){1,2}(?!\/\/)/)?.[0];
  const command = header?.match(/\bnode ((?:--import \S+ )?examples\/\S+(?: ws:\S+)?)$/m)?.[1];
  if (command === undefined) throw new Error(`examples/${file}: its first one or two lines do not say how to run it`);
  return command.split(" ");
}

/** Runs an example in the project's folder; environment variables of OpenTelemetry's are not inherited. */
export function runExample(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(OTEL_|VITEST|NODE_OPTIONS|NODE_ENV)/.test(name));
  const child = spawn(process.execPath, args, {
    cwd: PROJECT,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  }
  const lines = createInterface({ input: child.stdout });
  return {
    firstLine: Promise.race([
      once(lines, "line").then(([line]) => line as string),
      once(lines, "close").then(() => undefined),
    ]),
    ended: once(child, "close").then(([code, signal]) => ({ code, signal, ...printed })),
    kill: (signal) => void child.kill(signal),
  };
}
