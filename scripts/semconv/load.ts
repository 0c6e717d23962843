import { readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { LineCounter, isNode, parseDocument } from "yaml";
import type { Document } from "yaml";
import type { Definitions, Finding, Manifest, Path } from "./model.ts";

/** A YAML file of the registry. `data` has the shape its type says only after the checker has passed it. */
export interface SourceFile<T> {
  /** Relative to the registry's folder, with forward slashes. */
  readonly file: string;
  readonly data: T;
  /** Errors of the YAML parser. */
  readonly errors: readonly Finding[];
  lineOf(path: Path): number;
}

export interface Registry {
  readonly manifest: SourceFile<Manifest>;
  readonly files: readonly SourceFile<Definitions>[];
  /** The published schema file that `schema_url` leads to, where there is one. */
  readonly schemaFile: SourceFile<{ schema_url?: unknown } | null> | undefined;
}

const MANIFEST = "manifest.yaml";
const SCHEMAS = "schemas/";

/** Reads the registry in `root`: `manifest.yaml`, every other `.yaml` below it, and the published schema files. */
export function loadRegistry(root: string): Registry {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => name.endsWith(".yaml") || name.startsWith(SCHEMAS))
    .sort();
  return parseRegistry(Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), "utf8")])));
}

/** Makes a registry of texts, keyed by their paths in the registry's folder. */
export function parseRegistry(texts: Readonly<Record<string, string>>): Registry {
  const manifest = parseSource<Manifest>(MANIFEST, texts[MANIFEST] ?? "");
  const schemaFile = SCHEMAS + (/[^/]+$/.exec(manifest.data?.schema_url ?? "")?.[0] ?? "");
  const schemaText = texts[schemaFile];
  return {
    manifest,
    files: Object.entries(texts)
      .filter(([name]) => name.endsWith(".yaml") && name !== MANIFEST)
      .map(([name, text]) => parseSource<Definitions>(name, text)),
    schemaFile: schemaText === undefined ? undefined : parseSource(schemaFile, schemaText),
  };
}

function parseSource<T>(file: string, text: string): SourceFile<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const errors = document.errors.map((error): Finding => ({
    file,
    path: [],
    line: lines.linePos(error.pos[0]).line,
    rule: "syntax",
    message: error.message,
  }));
  return {
    file,
    // The parser says nothing about the shape; the checker does before anything relies on it.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    data: (errors.length > 0 ? null : document.toJS()) as T,
    errors,
    lineOf: (path) => lineOf(document, lines, path),
  };
}

function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
