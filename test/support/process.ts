import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that runs. */
export interface Running {
  /** The first line on stdout that matches, past or to come; rejects where the process ends without it. */
  line(pattern: RegExp): Promise<RegExpMatchArray>;
  /** What stderr has got up to now. */
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ending>;
}

/** This process's environment and `added`, without what belongs to OpenTelemetry, npm or the test runner. */
export function environment(added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(OTEL_|VITEST|NODE_OPTIONS|NODE_ENV|npm_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...added };
}

/** Starts a process in a folder. */
export function start(
  command: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Running {
  const child = spawn(command, args, {
    cwd: folder,
    env: environment(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = lines.map((line) => line.match(pattern)).find((found) => found !== null);
          if (match === undefined) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        look();
        const give = ({ code, signal }: Ending): void =>
          reject(new Error(`${args.at(-1)} ended (${code ?? signal}) without ${pattern}:\n${stdout}\n${stderr}`));
        void ended.then(give, reject);
      }),
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
