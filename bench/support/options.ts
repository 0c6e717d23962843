import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface Options {
  readonly quick: boolean;
  readonly help: boolean;
  /** Names of suites; all of them if empty. */
  readonly only: readonly string[];
  /** File for the machine-readable report. */
  readonly json: string | undefined;
  /** Folder with the built package. */
  readonly dist: string | undefined;
}

/**
 * Reads the command line.
 * @throws Error that says what is wrong with it
 */
export function readOptions(args: readonly string[], suites: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      dist: { type: "string" },
    },
    strict: true,
    allowPositionals: false,
  });
  const only = values.only.flatMap((names) => names.split(","));
  const unknown = only.find((name) => !suites.includes(name));
  if (unknown !== undefined) throw new Error(`--only: expected one of ${suites.join(", ")}, got "${unknown}"`);
  return { quick: values.quick, help: values.help, only, json: values.json, dist: values.dist };
}
