import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { labelName, metricNames, seriesNames } from "../../scripts/prometheus/names.ts";
import type { MetricName } from "../../scripts/prometheus/names.ts";
import { loadRegistry } from "../../scripts/semconv/load.ts";
import { resolveRegistry } from "../../scripts/semconv/resolve.ts";
import { names, read, readV2 } from "./files.ts";
import type { PanelFile, Target } from "./files.ts";
import { parse } from "./promql.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
/** Units of Grafana's that mean what the queries give. */
const UNITS = ["short", "cps", "s", "bytes", "Bps", "percentunit"];
const COUNTED = /_(total|bucket|sum|count)$/;

/** Labels of each series: those of its attributes, of its target, and of a histogram's buckets. */
const labelsOf = new Map(
  resolveRegistry(loadRegistry(`${ROOT}semconv`)).metrics.flatMap(({ name, attributes }) =>
    seriesNames(name as MetricName).map((series): [string, Set<string>] => [
      series,
      new Set(["job", "instance", "le", ...attributes.map(({ key }) => labelName(key))]),
    ]),
  ),
);

const isPanel = ({ type }: PanelFile): boolean => type !== "row";
const all = names.map((name) => ({ name, file: read(name), panels: read(name).panels.filter(isPanel) }));
const panels = all.flatMap(({ name, panels }) => panels.map((panel) => ({ name, title: panel.title, panel })));
const targets = panels.flatMap(({ name, title, panel }) =>
  (panel.targets ?? []).map((target) => ({ name, title, target, refId: target.refId })),
);

describe.each(all)("the dashboard $name", ({ name, file, panels }) => {
  test("has an identifier that stays, and none of a database", () => {
    expect(file).toMatchObject({
      id: null,
      uid: `otel-websocket-${name.replace(".json", "")}`,
      editable: false,
      timezone: "browser",
      refresh: "1m",
    });
    expect(file.description).not.toBe("");
  });

  test("lets the data source be chosen", () => {
    const [first] = file.templating.list;
    expect(first).toMatchObject({ name: "datasource", type: "datasource", query: "prometheus" });
  });

  test("lets several jobs and instances be chosen", () => {
    const variables = file.templating.list.filter(({ type }) => type === "query");
    expect(variables.slice(0, 2)).toMatchObject([
      { name: "job", allValue: ".+", query: expect.stringMatching(/^label_values\(websocket_\w+, job\)$/) },
      { name: "instance", query: expect.stringMatching(/^label_values\(websocket_\w+\{job=~"\$job"\}, instance\)$/) },
    ]);
    for (const variable of variables) {
      expect(variable).toMatchObject({
        multi: true,
        includeAll: true,
        refresh: 2,
        datasource: DATASOURCE,
        query: expect.stringMatching(/^label_values\(/),
      });
    }
  });

  test("offers only values of labels that the registry's metrics have", () => {
    for (const { query } of file.templating.list.filter(({ type }) => type === "query")) {
      const [, selector = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
      const [series] = parse(selector).selectors;
      expect(labelsOf.get(series?.name ?? "")).toContain(label);
    }
  });

  test("uses every variable that it offers", () => {
    const text = JSON.stringify(panels);
    for (const variable of file.templating.list) expect(text).toMatch(new RegExp(`\\$\\{?${variable.name}\\b`));
  });

  test("has no two panels in one place or of one number", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
    expect(new Set(file.panels.map(({ id }) => id)).size).toBe(file.panels.length);
  });

  test("marks deployments with a query that is valid", () => {
    const queries = file.annotations.list.flatMap(({ expr }) => expr ?? []);
    expect(queries.flatMap((expr) => parse(expr).selectors.map(({ name }) => name))).toEqual([
      "target_info",
      "target_info",
    ]);
  });

  test("says the same in both forms", () => {
    const { apiVersion, kind, metadata, spec } = readV2(name);
    expect([apiVersion, kind, metadata.name]).toEqual(["dashboard.grafana.app/v2beta1", "Dashboard", file.uid]);
    const rows = spec.layout.spec.rows.map(({ spec: row }) => [
      row.title,
      ...row.layout.spec.items.map(({ spec: { element } }) => element.name),
    ]);
    const elements = rows.flatMap(([, ...keys]) => keys.map((key) => spec.elements[key]?.spec));
    expect(elements).toHaveLength(Object.keys(spec.elements).length);
    expect(rows.map(([title]) => title)).toEqual(file.panels.filter((one) => !isPanel(one)).map(({ title }) => title));
    for (const [index, { title, fieldConfig, targets = [] }] of panels.entries()) {
      const element = elements[index];
      expect(element?.title).toBe(title);
      expect(element?.vizConfig.spec.fieldConfig.defaults.unit).toBe(fieldConfig?.defaults.unit);
      const queries = element?.data.spec.queries.map(({ spec: { query } }) => query.spec.expr);
      expect(queries).toEqual(targets.map(({ expr }) => expr));
    }
    expect(spec.variables.map(({ spec: { name } }) => name)).toEqual(file.templating.list.map(({ name }) => name));
  });
});

describe.each(panels)("the panel $title of $name", ({ panel }) => {
  test("has a title, a description, a unit, the data source, and queries told apart", () => {
    const { title, description, fieldConfig, datasource, targets = [] } = panel;
    expect(title).toMatch(/^\S/);
    expect(description).toMatch(/[.?]$/);
    expect(UNITS).toContain(fieldConfig?.defaults.unit);
    expect(datasource).toEqual(DATASOURCE);
    expect(targets.length).toBeGreaterThan(0);
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    expect(new Set(targets.map(({ legendFormat }) => legendFormat)).size).toBe(targets.length);
  });

  test("leads to the spans of Jaeger where it has a link", () => {
    for (const { url } of panel.fieldConfig?.defaults.links ?? []) {
      const panes = new URL(url, "http://grafana").searchParams.get("panes") ?? "";
      expect(JSON.parse(panes)).toMatchObject({
        spans: {
          datasource: "${jaeger}",
          queries: [{ queryType: "search", service: "${job:text}", tags: expect.stringMatching(/^[\w.]+=\S+$/) }],
          range: { from: "${__from}", to: "${__to}" },
        },
      });
    }
  });
});

describe.each(targets)("query $refId of $title of $name", ({ target }) => {
  const { selectors, grouping } = parse(target.expr);

  test("reads the data source that was chosen, of the chosen jobs and instances", () => {
    expect(target.datasource).toEqual(DATASOURCE);
    for (const { matchers } of selectors) {
      expect(matchers).toEqual(expect.arrayContaining(['job=~"$job"', 'instance=~"$instance"']));
    }
  });

  test("names only metrics and labels of the registry", () => {
    expect(selectors).not.toEqual([]);
    for (const { name, matchers } of selectors) {
      const used = [...matchers.map((matcher) => /^\w+/.exec(matcher)?.[0]), ...grouping];
      expect([...(labelsOf.get(name) ?? [])]).toEqual(expect.arrayContaining(used));
    }
    expect(legendLabels(target).filter((label) => !grouping.includes(label))).toEqual([]);
  });

  test("takes the rate of what is counted, and of nothing else, over $__rate_interval", () => {
    for (const { name, within, range } of selectors) {
      const counted = COUNTED.test(name);
      expect([name, within, range]).toEqual(
        counted ? [name, "rate", "[$__rate_interval]"] : [name, undefined, undefined],
      );
    }
  });

  test("sums buckets by their bounds, and shows exemplars", () => {
    const buckets = selectors.some(({ name }) => name.endsWith("_bucket"));
    expect(target.exemplar).toBe(buckets);
    expect(grouping.includes("le")).toBe(buckets);
    expect(target.expr.startsWith("histogram_quantile(")).toBe(buckets);
  });
});

test("every metric of the registry is on a dashboard", () => {
  const shown = new Set(targets.flatMap(({ target }) => parse(target.expr).selectors.map(({ name }) => name)));
  const missing = metricNames().filter((metric) => !seriesNames(metric).some((series) => shown.has(series)));
  expect(missing).toEqual([]);
});

function legendLabels({ legendFormat }: Target): string[] {
  return [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
}
