/** Vitest's global setup: builds the servers, or finds them in the cache. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

/** Paths of the servers' binaries. */
export interface Binaries {
  readonly collector: string;
  readonly prometheus: string;
  readonly promtool: string;
  readonly alertmanager: string;
  readonly amtool: string;
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
  const named = ["prometheus", "promtool", "alertmanager", "amtool", "jaeger"];
  const missing = named.filter((name) => tools[name] === undefined);
  if (collector === undefined || missing.length > 0) {
    throw new Error(`the build scripts did not name all binaries: ${missing.join(", ")}`);
  }
  project.provide("binaries", { collector, ...tools } as unknown as Binaries);
}

async function output(script: string): Promise<string[]> {
  const run = promisify(execFile)(fileURLToPath(new URL(script, import.meta.url)));
  run.child.stderr?.pipe(process.stderr);
  return (await run).stdout.trim().split("\n");
}
