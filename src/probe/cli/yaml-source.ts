import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Document, Node, Pair } from "yaml";

/** Where something stands in a file, such as `["targets", 2, "url"]`. */
export type ConfigPath = readonly (string | number)[];

/** Something that is wrong in a file. */
export interface ConfigProblem {
  readonly path: ConfigPath;
  /** Whether the key is wrong and not what stands behind it. @default false */
  readonly key?: boolean | undefined;
  /** Place in the text, where the path does not tell it. */
  readonly offset?: number | undefined;
  readonly message: string;
}

/** A YAML file, with what each part of its data looks like and where it stands. */
export class YamlSource {
  /** Data with the values of environment variables. */
  readonly data: unknown;
  /** Syntax errors, and variables that are not set. */
  readonly problems: readonly ConfigProblem[];
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();
  readonly #text: string;

  constructor(text: string, environment: NodeJS.ProcessEnv = process.env) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const problems: ConfigProblem[] = this.#document.errors.map(({ message, pos: [offset] }) => ({
      path: [],
      offset,
      message: `not YAML: ${message.replace(/\s+/g, " ")}${this.#quotesHint(offset)}`,
    }));
    if (problems.length === 0) {
      substitute(this.#document, environment, (offset, message) => problems.push({ path: [], offset, message }));
      try {
        this.data = this.#document.toJS();
      } catch (error) {
        problems.push({ path: [], message: `not YAML: ${error instanceof Error ? error.message : String(error)}` });
      }
    }
    this.problems = problems;
  }

  /** Line and column of a problem; of what contains it, where there is nothing itself. */
  position({ path, key = false, offset }: ConfigProblem): { line: number; col: number } {
    const { pairs, node } = this.#walk(path);
    const last = pairs.length === path.length ? pairs.at(-1) : undefined;
    const at = key && last !== undefined ? (last.key as Node) : node;
    return this.#lines.linePos(offset ?? at?.range?.[0] ?? 0);
  }

  /** Whether there is something at the path. */
  has(path: ConfigPath): boolean {
    return this.#walk(path).pairs.length === path.length;
  }

  /** A scalar as it is written, without the values of environment variables; `undefined` where it is none. */
  written(path: ConfigPath): string | undefined {
    const { pairs, node } = this.#walk(path);
    if (pairs.length !== path.length || !isScalar(node) || node.range == null) return undefined;
    return this.#text.slice(node.range[0], node.range[1]);
  }

  #quotesHint(offset: number): string {
    const line = this.#text.split("\n")[this.#lines.linePos(offset).line - 1] ?? "";
    return line.includes("${env:") ? "; between { } and [ ], put ${env:…} in quotes" : "";
  }

  #walk(path: ConfigPath): { pairs: (Pair | undefined)[]; node: Node | null } {
    let node: Node | null = this.#document.contents;
    const pairs: (Pair | undefined)[] = [];
    for (const part of path) {
      const inner: Node | undefined | null = isAlias(node) ? node.resolve(this.#document) : node;
      const pair = isMap(inner) ? inner.items.find(({ key }) => isScalar(key) && key.value === part) : undefined;
      const next = isSeq(inner) && typeof part === "number" ? inner.items[part] : pair?.value;
      if (pair === undefined && next === undefined) break;
      pairs.push(pair);
      node = (next ?? pair?.key ?? null) as Node | null;
    }
    return { pairs, node };
  }
}

/** `${env:NAME}` and `${env:NAME:-default}`, as in the OpenTelemetry Collector; `$${` stands for `${`. */
function substitute(
  document: Document.Parsed,
  environment: NodeJS.ProcessEnv,
  report: (offset: number, message: string) => void,
): void {
  visit(document, {
    Scalar(key, node) {
      if (key === "key" || typeof node.value !== "string") return;
      const text = node.value;
      node.value = text.replace(/\$(\$\{)|\$\{env:([^}]*)\}/g, (_, escaped?: string, variable = "") => {
        if (escaped !== undefined) return escaped;
        const [, name, fallback] = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(variable as string) ?? [];
        const offset = node.range?.[0] ?? 0;
        if (name === undefined) report(offset, "expected ${env:NAME} or ${env:NAME:-default}, got another name");
        const value = name === undefined ? "" : environment[name];
        if (fallback !== undefined && (value === undefined || value === "")) return fallback;
        if (value === undefined) {
          report(offset, `the environment variable ${name} is not set; set it, or write \${env:${name}:-default}`);
        }
        return value ?? "";
      });
    },
  });
}
