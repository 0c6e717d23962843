import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, resolve } from "node:path";
import { describe } from "../core/bounded.ts";

const MODULES: ReadonlySet<string> = new Set([".js", ".mjs", ".cjs"]);
const EXPECTED = "the path of a .json, .js, .mjs or .cjs file with the options";

/** A file of options that cannot be used. */
export class ConfigFileError extends Error {}

/**
 * Reads a file of options: JSON, or a module that exports them as its default.
 * @throws ConfigFileError that says what was expected and what was found
 */
export function readConfigFile(path: string): Record<string, unknown> {
  const file = resolve(path);
  const extension = extname(file).toLowerCase();
  let content: unknown;
  if (extension === ".json") content = readJson(file, path);
  else if (MODULES.has(extension)) content = loadModule(file, path);
  else throw problem(`got ${describe(path)}`, "give it one of these endings");
  if (typeof content === "object" && content !== null && !Array.isArray(content)) {
    return content as Record<string, unknown>;
  }
  const mend = extension === ".json" ? "write { … } into it" : "write `export default { … }` into it";
  throw problem(`got ${describe(path)}, which gives ${describe(content)}`, mend);
}

function readJson(file: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const mend =
      error instanceof SyntaxError ? "mend the JSON" : "give a path from the working directory, or a full one";
    throw problem(`got ${describe(path)} (${firstLine(error)})`, mend);
  }
}

/** Synchronously, so that the options are there before the application's first module. */
function loadModule(file: string, path: string): unknown {
  let loaded: unknown;
  try {
    loaded = createRequire(import.meta.url)(file);
  } catch (error) {
    const asynchronous = (error as { code?: unknown } | null)?.code === "ERR_REQUIRE_ASYNC_MODULE";
    const mend = asynchronous ? "do without `await` at its top level" : "mend the file, or correct its path";
    throw problem(`got ${describe(path)} (${firstLine(error)})`, mend);
  }
  // CommonJS exports the options themselves or, compiled from an ES module, a property `default`.
  const exported = loaded as { default?: unknown; __esModule?: unknown } | null | undefined;
  const isNamespace = Object.prototype.toString.call(loaded) === "[object Module]";
  return isNamespace || exported?.__esModule === true ? exported?.default : loaded;
}

function problem(got: string, mend: string): ConfigFileError {
  return new ConfigFileError(`expected ${EXPECTED}, ${got}; ${mend}, or unset it`);
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0]!;
}
