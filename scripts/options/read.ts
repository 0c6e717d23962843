import { readFileSync } from "node:fs";
import { VARIABLES, variableName } from "../../src/register/variables.ts";

const SOURCES = ["src/core/options.ts", "src/core/message-options.ts", "src/core/health/options.ts"];

/** An option as its docstring describes it. */
export interface Option {
  /** `heartbeat.interval`. */
  readonly path: string;
  readonly description: string;
  readonly default: string | undefined;
  /** Its type, as written. */
  readonly type: string;
  /** Whether it holds options of its own. */
  readonly group: boolean;
  /** The environment variable; `undefined` where it has none. */
  readonly variable: string | undefined;
}

interface Member {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly default: string | undefined;
}

/** Every option, in the order in which they are declared, read from the declarations. */
export function readOptions(root: string): Option[] {
  const interfaces = new Map(interfacesOf(SOURCES.map((file) => readFileSync(`${root}${file}`, "utf8")).join("\n")));
  const found: Option[] = [];
  const collect = (name: string, prefix: string): void => {
    for (const { name: member, type, ...said } of interfaces.get(name)!) {
      const path = `${prefix}${member}`;
      const inner = [...type.matchAll(/\w+Options\b/g)].map(([word]) => word).find((word) => interfaces.has(word));
      const variable = Object.hasOwn(VARIABLES, path) ? variableName(path) : undefined;
      found.push({ path, type, variable, group: inner !== undefined, ...said });
      if (inner !== undefined) collect(inner, `${path}.`);
    }
  };
  collect("ObserverOptions", "");
  collect("HealthOptions", "");
  return found;
}

function* interfacesOf(source: string): Generator<[string, Member[]]> {
  for (const [, name = "", body = ""] of source.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
    const members = body.matchAll(/\/\*\*([\s\S]*?)\*\/\s*(\w+)\??: ([\s\S]*?);\n/g);
    yield [name, [...members].map(([, comment = "", member = "", type = ""]) => memberOf(member, type, comment))];
  }
}

function memberOf(name: string, type: string, comment: string): Member {
  const text = comment
    .replaceAll(/^\s*\* ?/gm, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const [description = "", value] = text.split(" @default ");
  return { name, type, description, default: value };
}
