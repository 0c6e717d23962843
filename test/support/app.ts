import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inject } from "vitest";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
/** The tests need a Node that runs TypeScript; applications may have an older one, which this variable names. */
const NODE = process.env["OTEL_WS_APP_NODE"] ?? process.execPath;
/** How an application registers this package, nothing else. */
export const REGISTER: readonly string[] = ["--import", "opentelemetry-websocket/register"];

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of an application. */
export interface Running {
  /** The first line on stdout that matches, past or to come; rejects where the process ends without it. */
  line(pattern: RegExp): Promise<RegExpMatchArray>;
  /** What stderr has got up to now. */
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ending>;
}

export interface RunOptions {
  /** Arguments of node, before the file. */
  readonly node?: readonly string[];
  /** Environment variables; those of OpenTelemetry and of the test runner are not inherited. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder in which this package and others are installed as a user would. */
export interface App {
  readonly folder: string;
  run(file: string, options?: RunOptions): Running;
  /** Ends all processes that still run. */
  stop(): Promise<void>;
}

/**
 * Installs this package, packed, and others by name and version, and copies `files` beside them. Applications with
 * the same packages share one folder in a run of the tests, also across test files.
 */
export async function createApp(packages: Readonly<Record<string, string>>, files: URL): Promise<App> {
  const root = inject("appFolders");
  const tarball = await makeOnce(join(root, "package"), pack);
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const name = createHash("sha256").update(wanted.sort().join()).digest("hex").slice(0, 8);
  const folder = await makeOnce(join(root, name), (folder) => install(folder, [tarball, ...wanted]));
  cpSync(fileURLToPath(files), folder, { recursive: true });
  const running = new Set<Running>();
  return {
    folder,
    run: (file, options = {}) => {
      const process = start(folder, file, options);
      running.add(process);
      return process;
    },
    stop: async () => {
      for (const process of running) process.kill("SIGKILL");
      await Promise.all([...running].map(({ ended }) => ended));
    },
  };
}

async function pack(folder: string): Promise<string> {
  if (!existsSync(join(PROJECT, "dist/register.js"))) throw new Error("there is no dist: `npm run build` comes first");
  await npm(PROJECT, "pack", "--ignore-scripts", "--pack-destination", folder);
  return join(
    folder,
    readdirSync(folder).find((file) => file.endsWith(".tgz"))!,
  );
}

async function install(folder: string, packages: readonly string[]): Promise<string> {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "application", private: true }));
  await npm(folder, "install", "--no-audit", "--no-fund", "--prefer-offline", "--install-links", ...packages);
  return folder;
}

async function npm(folder: string, ...args: string[]): Promise<void> {
  await promisify(execFile)("npm", args, { cwd: folder, env: environment({}) });
}

/** Makes a folder once, whichever of the test files' processes comes first; the others wait for it. */
async function makeOnce(folder: string, make: (folder: string) => Promise<string>): Promise<string> {
  const [done, failed] = [`${folder}.done`, `${folder}.failed`];
  try {
    mkdirSync(folder);
  } catch {
    while (!existsSync(done)) {
      if (existsSync(failed)) throw new Error(`${folder} could not be made; the first test to need it says why`);
      await delay(100);
    }
    return readFileSync(done, "utf8");
  }
  try {
    const result = await make(folder);
    writeFileSync(done, result);
    return result;
  } catch (error) {
    writeFileSync(failed, "");
    throw error;
  }
}

function environment(added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(OTEL_|VITEST|NODE_OPTIONS|NODE_ENV|npm_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...added };
}

function start(folder: string, file: string, { node = [], env = {} }: RunOptions): Running {
  const child = spawn(NODE, [...node, file], {
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
          reject(new Error(`${file} ended (${code ?? signal}) without ${pattern}:\n${stdout}\n${stderr}`));
        void ended.then(give, reject);
      }),
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
