import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { durationForm, mendDuration } from "../../cli/duration.ts";
import { describe } from "../../core/bounded.ts";
import { nearest } from "../../nearest.ts";
import type { ConfigPath, ConfigProblem, YamlSource } from "./yaml-source.ts";

let compiled: ValidateFunction | undefined;

/** Holds data against the schema of configuration files, which is published as docs/probe.schema.json. */
export function schemaProblems(source: YamlSource): ConfigProblem[] {
  compiled ??= compile();
  if (compiled(source.data)) return [];
  return (compiled.errors ?? []).flatMap((error) => problem(error, source) ?? []);
}

function compile(): ValidateFunction {
  const file = new URL("../../../docs/probe.schema.json", import.meta.url);
  // What is wrong is said in our words, so a schema has to come with the error; editors know `errorMessage`.
  const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true });
  ajv.addVocabulary(["errorMessage"]);
  return ajv.compile(JSON.parse(readFileSync(file, "utf8")) as object);
}

/** What is in a part of the schema that says what is expected. */
interface Expecting {
  readonly errorMessage?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, unknown>>;
}

function problem(error: ErrorObject, source: YamlSource): ConfigProblem | undefined {
  const { keyword, params, parentSchema, data } = error;
  const schema = parentSchema as Expecting;
  const path = pathOf(error.instancePath, source);
  const got = (): string => `got ${given(data, path, source)}`;
  switch (keyword) {
    case "if":
      return undefined;
    case "additionalProperties": {
      const { additionalProperty: key } = params as { additionalProperty: string };
      const known = Object.keys(schema.properties ?? {});
      return {
        path: [...path, key],
        key: true,
        message: `no such setting${nearest(key, known) || `; known ones are ${known.join(", ")}`}`,
      };
    }
    case "required": {
      const { missingProperty: key } = params as { missingProperty: string };
      return { path, message: `expected ${key}, which is missing` };
    }
    case "false schema":
      return { path, key: true, message: "belongs to a target, not to the defaults of all" };
    case "minProperties":
    case "maxProperties":
      return { path, message: `expected ${schema.errorMessage ?? "one key"}, got ${keysOf(data)}` };
    case "enum": {
      const words = (schema.enum ?? []).map(String);
      const near = typeof data === "string" ? nearest(data, words) : "";
      return { path, message: `expected ${schema.errorMessage ?? alternatives(words)}, ${got()}${near}` };
    }
    default:
      return { path, message: `expected ${schema.errorMessage ?? expected(schema)}, ${got()}${mend(error, schema)}` };
  }
}

function mend({ keyword, data }: ErrorObject, { type, errorMessage }: Expecting): string {
  if (errorMessage === durationForm) {
    const how = mendDuration(String(data));
    return how === undefined ? "" : `; ${how}`;
  }
  const isScalar = data !== null && typeof data !== "object";
  return keyword === "type" && type === "string" && isScalar ? "; put it in quotes" : "";
}

const typeNames: Record<string, string> = {
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "keys and values",
  null: "nothing",
};

function expected({ type = [], minimum, maximum }: Expecting): string {
  const types = typeof type === "string" ? [type] : type;
  if (types[0] !== "integer") return alternatives(types.map((name) => typeNames[name] ?? name));
  if (minimum === undefined) return "a whole number";
  return `a whole number from ${minimum}${maximum === undefined ? "" : ` to ${maximum}`}`;
}

function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function keysOf(data: unknown): string {
  const keys = Object.keys(data as object);
  return keys.length === 0 ? "none" : keys.join(", ");
}

/** What stands at a path, as it is written there; header fields and proxies may be secret. */
export function given(data: unknown, path: ConfigPath, source: YamlSource): string {
  if (path.includes("headers") || path.includes("proxy") || path.includes("bearer") || path.includes("passphrase")) {
    return "something else, which is not shown";
  }
  if (data === null || data === undefined) return "nothing";
  if (Array.isArray(data)) return "a list";
  if (typeof data === "object") return "keys and values";
  return cutLine(source.written(path) ?? describe(data));
}

function cutLine(text: string): string {
  const [line = ""] = text.split("\n", 1);
  return line.length > 60 || line.length < text.length ? `${line.slice(0, 60)}…` : line;
}

/** A JSON pointer as a path; a number is an index where there is a list. */
function pathOf(pointer: string, source: YamlSource): ConfigPath {
  const path: (string | number)[] = [];
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(/^\d+$/.test(key) && source.has([...path, Number(key)]) ? Number(key) : key);
  }
  return path;
}
