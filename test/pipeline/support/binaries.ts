/** Vitest's global setup: builds the servers, or finds them in the cache. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

/** Paths of the servers' binaries. */
export interface Binaries {
  readonly collector: string;
  readonly prometheus: string;
  readonly jaeger: string;
}

declare module "vitest" {
  interface ProvidedContext {
    binaries: Binaries;
  }
}

export async function setup(project: TestProject): Promise<void> {
  const collector = (await output("../../../collector/build.sh")).at(-1);
  const tools = Object.fromEntries(
    (await output("../tools/build.sh")).map((line) => line.split("=") as [string, string]),
  );
  const { prometheus, jaeger } = tools;
  if (collector === undefined || prometheus === undefined || jaeger === undefined) {
    throw new Error("the build scripts did not name all binaries");
  }
  project.provide("binaries", { collector, prometheus, jaeger });
}

async function output(script: string): Promise<string[]> {
  const run = promisify(execFile)(fileURLToPath(new URL(script, import.meta.url)));
  run.child.stderr?.pipe(process.stderr);
  return (await run).stdout.trim().split("\n");
}
