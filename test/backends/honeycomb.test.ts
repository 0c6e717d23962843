import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { parse } from "@cdktf/hcl2json";
import { Ajv } from "ajv";
import { afterEach, describe, expect, test } from "vitest";
import { panels, triggers } from "../../scripts/honeycomb/content.ts";
import { honeycombFiles } from "../../scripts/honeycomb/files.ts";
import { loadRegistry } from "../../scripts/semconv/load.ts";
import { resolveRegistry } from "../../scripts/semconv/resolve.ts";
import { start } from "../support/process.ts";
import type { Ending } from "../support/process.ts";
import * as schemas from "./honeycomb-schema.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ajv = new Ajv({ strict: false, allErrors: true });
const files = honeycombFiles();

function errorsOf(schema: object | undefined, value: unknown): unknown {
  if (schema === undefined) throw new Error("there is no schema for this");
  const validate = ajv.compile(schema);
  validate(value);
  return validate.errors;
}

test("the files are those that npm run honeycomb makes", () => {
  const written = Object.keys(files).map((name) => [name, readFileSync(`${ROOT}examples/honeycomb/${name}`, "utf8")]);
  expect(Object.fromEntries(written)).toEqual(files);
});

test("queries ask for columns that spans and events have", () => {
  const registry = resolveRegistry(loadRegistry(`${ROOT}semconv`));
  const attributes = [...registry.spans, ...registry.events].flatMap((signal) => {
    return signal.attributes.map(({ key }) => key);
  });
  const known = new Set(["duration_ms", ...attributes]);
  const used = [...panels, ...triggers].flatMap(({ query: { calculations, filters, breakdowns = [] } }) =>
    [...calculations, ...filters].flatMap(({ column }) => column ?? []).concat(breakdowns),
  );
  expect(used.filter((column) => !known.has(column))).toEqual([]);
  expect(used.length).toBeGreaterThan(30);
});

test("groups are ordered by something that is calculated", () => {
  const ordered = panels.flatMap(({ query }) => (query.order === undefined ? [] : [query]));
  expect(ordered.length).toBeGreaterThan(2);
  for (const { order, calculations } of ordered) expect(calculations).toContainEqual(order);
});

test("a trigger looks at no more than four times its frequency, which is the most that it may", () => {
  for (const { query, frequency } of triggers) expect(query.timeRange).toBeLessThanOrEqual(4 * frequency);
});

describe("main.tf", () => {
  type Blocks = Readonly<Record<string, Readonly<Record<string, readonly object[]>>>>;
  interface Configuration {
    readonly data: Blocks;
    readonly resource: Blocks;
    readonly variable: Readonly<Record<string, unknown>>;
    readonly terraform: readonly { readonly required_providers: readonly object[] }[];
  }
  const parsed = parse("main.tf", files["main.tf"] ?? "") as Promise<unknown> as Promise<Configuration>;

  test("is HCL whose blocks have the fields that the provider documents", async () => {
    const { data, resource, terraform } = await parsed;
    expect(terraform[0]?.required_providers[0]).toEqual({
      honeycombio: { source: "honeycombio/honeycombio", version: "~> 0.46.0" },
    });
    const blocks = [data, resource].flatMap((kind) =>
      Object.entries(kind).flatMap(([type, named]) =>
        Object.entries(named).flatMap(([name, bodies]) => bodies.map((body) => ({ type, name, body }))),
      ),
    );
    expect(blocks).toHaveLength(3 * panels.length + 1 + 3 * triggers.length);
    const errors = blocks.map(({ type, name, body }) => [`${type}.${name}`, errorsOf(schemas.terraform[type], body)]);
    expect(errors.filter(([, found]) => found !== null)).toEqual([]);
  });

  test("refers only to what it has", async () => {
    const { data, resource, variable } = await parsed;
    const names = (kind: Blocks): string[] =>
      Object.entries(kind).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));
    const has = new Set([
      ...names(data).map((name) => `data.${name}`),
      ...names(resource),
      ...Object.keys(variable).map((name) => `var.${name}`),
    ]);
    const text = JSON.stringify({ data, resource });
    const references = [...text.matchAll(/\$\{((?:data\.)?\w+\.\w+)/g)].map(([, name = ""]) => name);
    expect(references.filter((name) => !has.has(name) && name !== "recipient.value")).toEqual([]);
    expect(references.length).toBeGreaterThan(40);
  });

  test("asks for what the requests to the API ask for", async () => {
    const { data } = await parsed;
    interface Body {
      readonly calculation: unknown;
      readonly filter: unknown;
      readonly time_range: unknown;
    }
    for (const { key } of panels) {
      const [block] = (data.honeycombio_query_specification?.[key.replaceAll("-", "_")] ?? []) as Body[];
      const body = JSON.parse(files[`api/queries/${key}.json`] ?? "") as Record<string, unknown>;
      expect(body).toMatchObject({
        calculations: block?.calculation,
        filters: block?.filter,
        time_range: block?.time_range,
      });
    }
  });
});

describe("examples/honeycomb/apply.mjs", () => {
  interface Call {
    readonly path: string;
    readonly key: string | undefined;
    readonly body: unknown;
  }
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** Runs it against a server that gives each request an id, or refuses those to a path. */
  async function apply(refuse?: string): Promise<{ ending: Ending; calls: Call[] }> {
    const calls: Call[] = [];
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (data: Buffer) => (text += data.toString()));
      request.on("end", () => {
        const path = request.url ?? "";
        calls.push({ path, key: request.headers["x-honeycomb-team"] as string, body: JSON.parse(text) });
        response.statusCode = path === refuse ? 422 : 201;
        response.end(path === refuse ? '{"error":"unknown column"}' : JSON.stringify({ id: `id${calls.length}` }));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    closing.push(async () => {
      server.close();
      await once(server, "close");
    });
    const { port } = server.address() as AddressInfo;
    const ending = await start(process.execPath, ["examples/honeycomb/apply.mjs", "chat"], ROOT, {
      HONEYCOMB_API_KEY: "key",
      HONEYCOMB_API_URL: `http://127.0.0.1:${port}`,
    }).ended;
    return { ending, calls };
  }

  test("makes queries, annotations, the board and triggers, each with the ids of what it needs", async () => {
    const { ending, calls } = await apply();
    expect(ending).toMatchObject({ code: 0, stderr: "" });
    expect(calls.map(({ path }) => path)).toEqual([
      ...panels.map(() => "/1/queries/chat"),
      ...panels.map(() => "/1/query_annotations/chat"),
      "/1/boards",
      ...triggers.map(() => "/1/triggers/chat"),
    ]);
    const schemaOf: Readonly<Record<string, object>> = {
      "/1/queries/chat": schemas.query,
      "/1/query_annotations/chat": schemas.annotation,
      "/1/boards": schemas.board,
      "/1/triggers/chat": schemas.trigger,
    };
    for (const { path, key, body } of calls) {
      expect(key).toBe("key");
      expect(errorsOf(schemaOf[path], body)).toBeNull();
    }
    const board = calls.find(({ path }) => path === "/1/boards")?.body as { panels: { query_panel: object }[] };
    // Queries were made in the order of their names, and annotations after them in the same.
    const byName = panels.map(({ key }) => key).toSorted();
    expect(board.panels.map(({ query_panel }) => query_panel)).toEqual(
      panels.map(({ key, style }) => ({
        query_id: `id${byName.indexOf(key) + 1}`,
        query_annotation_id: `id${panels.length + byName.indexOf(key) + 1}`,
        query_style: style,
      })),
    );
  });

  test("says which request was refused, and why, and goes no further", async () => {
    const { ending, calls } = await apply("/1/boards");
    expect(ending.code).toBe(1);
    expect(ending.stderr).toContain('board: 422 {"error":"unknown column"}');
    expect(calls.at(-1)?.path).toBe("/1/boards");
  });

  test.each([
    [["chat"], {}, "HONEYCOMB_API_KEY is not set"],
    [[], { HONEYCOMB_API_KEY: "key" }, "expected the name of a dataset"],
  ] as [string[], Record<string, string>, string][])("says what is missing: %j %j", async (args, env, reason) => {
    const ending = await start(process.execPath, ["examples/honeycomb/apply.mjs", ...args], ROOT, {
      HONEYCOMB_API_KEY: "",
      HONEYCOMB_API_URL: "http://127.0.0.1:9",
      ...env,
    }).ended;
    expect(ending.code).toBe(1);
    expect(ending.stderr).toContain(reason);
  });
});
