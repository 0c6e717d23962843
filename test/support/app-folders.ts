/** Vitest's global setup: the folder under which the applications of a run are installed, gone afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    appFolders: string;
  }
}

let folder: string;

export function setup(project: TestProject): void {
  folder = mkdtempSync(join(tmpdir(), "otel-ws-apps-"));
  project.provide("appFolders", folder);
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
