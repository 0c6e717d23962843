import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as api from "../../src/index.ts";
import { readOptions } from "../../scripts/options/read.ts";
import { fileURLToPath } from "node:url";
import { loadRegistry } from "../../scripts/semconv/load.ts";
import { resolveRegistry } from "../../scripts/semconv/resolve.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const guide = readFileSync(`${root}docs/guide.md`, "utf8");
const code = [...guide.matchAll(/```js\n([\s\S]*?)```/g)].map(([, block = ""]) => block).join("\n");

describe("docs/guide.md", () => {
  test("links what there is, and each example about health", () => {
    const links = [...guide.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(`${root}docs/${link}`))).toEqual([]);
    const basic = new Set(["client.mjs", "observe-server.mjs", "probe.yaml", "sdk.mjs", "server.cjs", "server.mjs"]);
    const examples = readdirSync(`${root}examples`).filter((file) => file.includes(".") && !basic.has(file));
    expect(examples.filter((file) => !links.includes(`../examples/${file}`))).toEqual([]);
  });

  test("names metrics, attributes and events that are registered", () => {
    const registry = resolveRegistry(loadRegistry(`${root}semconv`));
    const events = registry.events.map(({ name }) => name);
    const metrics = registry.metrics.map(({ name }) => name);
    const signals = [...registry.metrics, ...registry.spans, ...registry.events];
    const attributes = signals.flatMap((signal) => signal.attributes.map(({ key }) => key));
    const known = new Set([...events, ...metrics, ...attributes]);
    const named = [...guide.matchAll(/`((?:websocket|geo|error)\.[\w.]+)(?:=\w+)?`/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  test("uses functions and options that exist", () => {
    const called = [
      ...code.matchAll(
        /(?<![.\w])(observe\w+|recordFallback|getConnection|getMessageContext|combineAttributes|clientPlatform|region)\(/g,
      ),
    ];
    expect(called.map(([, name = ""]) => name).filter((name) => !(name in api))).toEqual([]);
    const options = new Set(readOptions(root).flatMap(({ path }) => path.split(".")));
    const keys = [...code.matchAll(/(?<=[{,]\s*)(\w+):/g)].map(([, key = ""]) => key);
    const others = new Set(["type", "timeout", "pollingLimit", "transport", "sampler", "root", "traceparent"]);
    expect(keys.filter((key) => !options.has(key) && !others.has(key))).toEqual([]);
    const variables = [...guide.matchAll(/OTEL_WEBSOCKET_\w+/g)].map(([name]) => name);
    const known = new Set(readOptions(root).map(({ variable }) => variable));
    expect(variables.filter((name) => !known.has(name))).toEqual([]);
  });
});
