import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inject } from "vitest";
import { environment, start } from "./process.ts";
import type { Running } from "./process.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
/** The tests need a Node that runs TypeScript; applications may have an older one, which this variable names. */
const NODE = process.env["OTEL_WS_APP_NODE"] ?? process.execPath;
/** How an application registers this package, nothing else. */
export const REGISTER: readonly string[] = ["--import", "opentelemetry-websocket/register"];

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
    run: (file, { node = [], env = {} } = {}) => {
      const process = start(NODE, [...node, file], folder, env);
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
