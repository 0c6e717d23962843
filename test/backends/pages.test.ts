import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { labelName, metricNames, seriesNames } from "../../scripts/prometheus/names.ts";
import { loadRegistry } from "../../scripts/semconv/load.ts";
import { resolveRegistry } from "../../scripts/semconv/resolve.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = `${ROOT}docs/backends/`;
const pages = readdirSync(FOLDER).map((file) => ({ file, text: readFileSync(FOLDER + file, "utf8") }));
const ofBackends = pages.filter(({ file }) => file !== "README.md");

const registry = resolveRegistry(loadRegistry(`${ROOT}semconv`));
const signals = [...registry.metrics, ...registry.spans, ...registry.events];
const names = new Set([
  ...[...registry.metrics, ...registry.events].map(({ name }) => name),
  ...signals.flatMap(({ attributes }) => attributes.map(({ key }) => key)),
]);
const inPrometheus = new Set(metricNames().flatMap((metric) => seriesNames(metric)));
const labels = new Set([...names].map((name) => labelName(name)));

test("the list of backends has every page", () => {
  const index = readFileSync(`${FOLDER}README.md`, "utf8");
  expect(ofBackends).toHaveLength(6);
  for (const { file } of ofBackends) expect(index).toContain(`](${file})`);
});

describe.each(pages)("docs/backends/$file", ({ text }) => {
  test("links what there is", () => {
    const links = [...text.matchAll(/\]\(([^)#]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(FOLDER + link))).toEqual([]);
    expect(links.length).toBeGreaterThan(0);
  });

  test("names metrics and attributes that are registered, in the application's and in Prometheus's spelling", () => {
    const dotted = [...text.matchAll(/[`@(."](websocket\.(?!spans\.)[a-z_.]+[a-z])/g)].map(([, name = ""]) => name);
    const suffixes = /_(?:bucket|sum|count)$/;
    expect(dotted.filter((name) => !names.has(name.replace(suffixes, "")))).toEqual([]);
    const underscored = [...text.matchAll(/\bwebsocket_(?:server|client|close|probe)_\w+/g)].map(([name]) => name);
    expect(underscored.filter((name) => !inPrometheus.has(name) && !labels.has(name))).toEqual([]);
  });

  test("sets variables that the Collector's configuration knows", () => {
    const known = new Set(
      [...readFileSync(`${ROOT}otel-collector-config.yaml`, "utf8").matchAll(/\$\{env:(\w+):-/g)].map(
        ([, name]) => name,
      ),
    );
    const used = [...text.matchAll(/\b((?:OTELCOL|BACKEND|HONEYCOMB)_[A-Z_]+|(?:JAEGER|PROMETHEUS)_ENDPOINT)\b/g)].map(
      ([, name]) => name,
    );
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });
});

test.each(ofBackends)("$file says what to set, what does not work, how to check it, and what was run", ({ text }) => {
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(expect.arrayContaining(["What to set", "What does not work", "Does it arrive?"]));
  expect(text).toMatch(/What was run|was run against/);
});
