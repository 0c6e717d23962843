import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateConstants } from "./constants.ts";
import { generateReference, generateSummary } from "./reference.ts";
import type { ResolvedRegistry } from "./resolve.ts";

const BEGIN = "<!-- telemetry:begin -->";
const END = "<!-- telemetry:end -->";

/** A file that is generated, or whose part between markers is. */
export interface Output {
  /** Relative to the project's folder. */
  readonly file: string;
  readonly text: string;
  readonly stale: boolean;
}

/** Generates every file of the project in `root` that comes from the registry. */
export function generate(root: string, registry: ResolvedRegistry): Output[] {
  const readme = current(root, "README.md");
  const texts: [string, string][] = [
    ["src/semconv.ts", generateConstants(registry)],
    ["docs/telemetry.md", generateReference(registry)],
  ];
  if (readme?.includes(BEGIN)) texts.push(["README.md", replaceMarked(readme, generateSummary(registry))]);
  return texts.map(([file, text]) => ({ file, text, stale: current(root, file) !== text }));
}

export function writeOutput(root: string, { file, text }: Output): void {
  writeFileSync(join(root, file), text);
}

/**
 * Replaces what stands between the markers.
 * @throws Error when the end marker does not follow the begin marker
 */
export function replaceMarked(text: string, content: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`expected ${BEGIN} and after it ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${content}\n\n${text.slice(end)}`;
}

function current(root: string, file: string): string | undefined {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
