import { Console } from "node:console";
import { isMainThread } from "node:worker_threads";
import { describe } from "../core/bounded.ts";
import { resolveOptions } from "../core/options.ts";
import { OptionError } from "../core/validate.ts";
import type { WebSocketInstrumentationConfig } from "../instrumentation.ts";
import { nearestWord } from "../nearest.ts";
import { readConfigFile } from "./config-file.ts";
import { text } from "./env.ts";
import { CONFIG_FILE, PREFIX, VARIABLES, pathOf, variableName } from "./variables.ts";
import type { OptionPath } from "./variables.ts";

/** Options beside the observer's that a file may hold. */
const BASE_OPTIONS = ["enabled"];

type Tree = Record<string, unknown>;

/**
 * The options from the file that OTEL_WEBSOCKET_CONFIG_FILE names and from the variables, which win. Never throws:
 * what is wrong is told on stderr, and then all options have their defaults.
 */
export function readConfig(): WebSocketInstrumentationConfig {
  const reading = new Reading();
  const config = reading.config();
  reading.warnOfUnknown();
  if (reading.problems.length === 0) return config;
  tell([...reading.problems, "The application starts with the default options instead."].join("\n"));
  return {};
}

class Reading {
  readonly problems: string[] = [];
  /** Options that have a variable, with its text. */
  readonly #given = new Map<OptionPath, string>();
  #file: string | undefined;

  config(): WebSocketInstrumentationConfig {
    let config = this.#fromFile();
    for (const path of Object.keys(VARIABLES) as OptionPath[]) config = this.#withVariable(config, path);
    if (this.problems.length > 0) return {};
    try {
      resolveOptions(config, BASE_OPTIONS);
    } catch (error) {
      this.problems.push(error instanceof OptionError ? this.#inOtherWords(error) : String(error));
    }
    return config;
  }

  warnOfUnknown(): void {
    const known = [CONFIG_FILE, ...Object.keys(VARIABLES).map(variableName)];
    const endings = known.map((name) => name.slice(PREFIX.length));
    for (const name of Object.keys(process.env)) {
      if (!name.startsWith(PREFIX) || known.includes(name)) continue;
      // Without what all of them begin with, which would make any two names alike.
      const near = nearestWord(name.slice(PREFIX.length), endings);
      const hint = near === undefined ? "unset it" : `did you mean ${PREFIX}${near}?`;
      tell(`opentelemetry-websocket: ${name}: expected the name of an option, and there is none of that name; ${hint}`);
    }
  }

  #fromFile(): Tree {
    this.#file = text(CONFIG_FILE);
    if (this.#file === undefined) return {};
    try {
      return readConfigFile(this.#file);
    } catch (error) {
      this.problems.push(`opentelemetry-websocket: ${CONFIG_FILE}: ${(error as Error).message}`);
      return {};
    }
  }

  #withVariable(config: Tree, path: OptionPath): Tree {
    const name = variableName(path);
    const given = text(name);
    if (given === undefined) return config;
    this.#given.set(path, given);
    const variable = VARIABLES[path];
    const { expected, example } = variable;
    const value = variable.read(given);
    if (value !== undefined) return withValue(config, path.split("."), value);
    const mend = `set it to such as ${example}, or unset it`;
    this.problems.push(`opentelemetry-websocket: ${name}: expected ${expected}, got ${describe(given)}; ${mend}`);
    return config;
  }

  /** An error about an option, in terms of where it came from. */
  #inOtherWords({ option, expected, given, mend }: OptionError): string {
    const path = pathOf(option);
    const own = path === undefined ? undefined : variableName(path);
    const raw = path === undefined ? undefined : this.#given.get(path);
    if (own !== undefined && raw !== undefined) {
      const { example } = VARIABLES[path!];
      const hint = `set it to such as ${example}, or unset it`;
      return `opentelemetry-websocket: ${own}: expected ${expected}, got ${describe(raw)}; ${hint}`;
    }
    const sources = this.#sources(option);
    const hint = own !== undefined && given === undefined ? `set ${own}=${VARIABLES[path!].example}` : mend;
    // What has no variable goes into a file.
    const where = this.#file === undefined && own === undefined ? ` in a module that ${CONFIG_FILE} names` : "";
    const got = given === undefined ? "nothing" : describe(given);
    return `opentelemetry-websocket: ${sources}: option "${option}": expected ${expected}, got ${got}; ${hint}${where}`;
  }

  /** The variables of an option's group, and the file. */
  #sources(option: string): string {
    const group = option.includes(".") ? option.slice(0, option.lastIndexOf(".")) : option;
    const variables = [...this.#given.keys()].filter((path) => path.startsWith(`${group}.`)).map(variableName);
    const file = this.#file === undefined ? [] : [`${CONFIG_FILE} (${this.#file})`];
    return [...variables, ...file].join(" and ");
  }
}

/** A copy with the value at a path. A group that is given in short (`capacity: 100`) is its `limit`. */
function withValue(tree: Tree, [key = "", ...rest]: readonly string[], value: unknown): Tree {
  if (rest.length === 0) return { ...tree, [key]: value };
  const group = tree[key];
  const isShort = typeof group === "number" || typeof group === "function";
  const inner = isShort ? { limit: group } : typeof group === "object" ? (group as Tree | null) : undefined;
  return { ...tree, [key]: withValue({ ...inner }, rest, value) };
}

/** Said once for a process, unless OpenTelemetry is told to say nothing. */
function tell(message: string): void {
  if (!isMainThread || text("OTEL_LOG_LEVEL")?.toLowerCase() === "none") return;
  // A console of our own survives a closed stderr, and is not one that the application has patched.
  new Console(process.stderr).error(message);
}
