import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boards } from "../../scripts/dashboards/boards/index.ts";
import { DEPLOYS } from "../../scripts/dashboards/links.ts";
import type { Board, Unit } from "../../scripts/dashboards/model.ts";
import { metricNames, seriesNames } from "../../scripts/prometheus/names.ts";
import { relabelRules } from "../../scripts/prometheus/relabel.ts";
import { freePort } from "../support/port.ts";
import { runApp, stopApps } from "./support/apps.ts";
import { Collector } from "./support/collector.ts";
import { eventually } from "./support/eventually.ts";
import { Prometheus } from "./support/prometheus.ts";
import type { Sample } from "./support/prometheus.ts";
import { removeServers } from "./support/server.ts";

/** Connections on `/steady`, its limit, and the milliseconds between two messages of each. */
const [STEADY, LIMIT, EVERY] = [6, 20, 100];
const PUSHED = "everything-pushed";
const SCRAPED = "everything-scraped";
const COLLECTED = "everything-collected";
const DAY = 86_400;

/** The largest value of each unit that makes sense here; those of a share are exact. */
const LARGEST: Readonly<Record<Unit, number>> = {
  percentunit: 1,
  s: 120,
  cps: 10_000,
  short: 1000,
  bytes: 100_000_000,
  Bps: 1_000_000_000,
};

let prometheus: Prometheus;

beforeAll(async () => {
  const port = await freePort();
  const scrape = {
    job_name: SCRAPED,
    scrape_interval: "1s",
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    metric_relabel_configs: relabelRules(),
  };
  const collector = await Collector.create({ OTELCOL_METRICS_TO: "[prometheus]", OTELCOL_TRACES_TO: "[debug]" });
  prometheus = await Prometheus.create({ targets: [collector.scrape], jobs: [scrape] });
  await Promise.all([prometheus.start(), collector.start()]);
  const shared = {
    STEADY: String(STEADY),
    LIMIT: String(LIMIT),
    EVERY: String(EVERY),
    CERTIFICATES: fileURLToPath(new URL("../probe/servers/certificates", import.meta.url)),
    OTEL_TRACES_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    OTEL_RESOURCE_ATTRIBUTES: "service.version=1.2.3",
    OTEL_WEBSOCKET_CONFIG_FILE: "test/pipeline/apps/everything.options.cjs",
  };
  const apps = [
    runApp("everything.mjs", PUSHED, "http://127.0.0.1:9", {
      ...shared,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${prometheus.otlp}/v1/metrics`,
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_METRIC_EXPORT_TIMEOUT: "1000",
    }),
    runApp("everything.mjs", COLLECTED, collector.otlp, {
      ...shared,
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_METRIC_EXPORT_TIMEOUT: "1000",
    }),
    runApp("everything.mjs", SCRAPED, "http://127.0.0.1:9", {
      ...shared,
      OTEL_METRICS_EXPORTER: "prometheus",
      OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.1",
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
    }),
  ];
  await Promise.all(apps.map((app) => app.line(/^running/)));
});

afterAll(async () => {
  await stopApps();
  await removeServers();
});

/** A query as Grafana sends it, with "All" for each variable that is not given. */
function filled(expr: string, board: Pick<Board, "variables">, given: Readonly<Record<string, string>>): string {
  const values = { ...Object.fromEntries(board.variables.map(({ name, all }) => [name, all])), ...given };
  return expr
    .replaceAll("$__rate_interval", "10s")
    .replaceAll(/\$(\w+)/g, (whole, name: string) => values[name] ?? whole);
}

function panelNamed(name: string, title: string): { board: Board; expr: string } {
  const board = boards.find((one) => one.name === name);
  const expr = board?.rows.flatMap(({ panels }) => panels).find((panel) => panel.title === title)?.queries[0]?.expr;
  if (board === undefined || expr === undefined) throw new Error(`${name} has no panel ${title}`);
  return { board, expr };
}

describe.each([
  { way: "pushed over OTLP", job: PUSHED },
  { way: "scraped from the application", job: SCRAPED },
  { way: "scraped from a Collector", job: COLLECTED },
])("metrics that are $way", ({ job }) => {
  const query = (expr: string, board: Board, given: Readonly<Record<string, string>> = {}): Promise<Sample[]> =>
    prometheus.query(filled(expr, board, { job, ...given }));

  test("have the names that the registry's are given", async () => {
    const expected = metricNames().flatMap(seriesNames).sort();
    await eventually(async () => {
      const found = await prometheus.query(`group by (__name__) ({__name__=~"websocket_.+", job="${job}"})`);
      expect(found.map(({ labels }) => labels["__name__"] ?? "").sort()).toEqual(expected);
    });
  });

  const queries = boards.flatMap((board) =>
    board.rows.flatMap(({ panels }) =>
      panels.flatMap((panel) => panel.queries.map(({ expr }, index) => ({ board, panel, expr, index }))),
    ),
  );
  test.each(queries)("have a sane value in $board.name: $panel.title, query $index", async ({ board, panel, expr }) => {
    const largest = panel.title.startsWith("Certificates") ? 1_000_000 * DAY : LARGEST[panel.unit];
    await eventually(async () => {
      const values = (await query(expr, board)).map(({ value }) => value);
      expect(values).not.toEqual([]);
      expect(values.filter((value) => !(value >= 0 && value <= largest))).toEqual([]);
      // Something is going on everywhere, also where it is little.
      expect(Math.max(...values)).toBeGreaterThan(0);
    });
  });

  test.each([
    { name: "overview", title: "Open now", expected: STEADY },
    { name: "overview", title: "Capacity in use", given: { route: ".*" }, expected: STEADY / LIMIT },
    { name: "overview", title: "Handshake success", given: { route: "/stuck" }, expected: undefined },
    { name: "connections", title: "Connections by age", expected: STEADY },
  ])("tell what is known of /steady: $name, $title", async ({ name, title, given, expected }) => {
    const { board, expr } = panelNamed(name, title);
    await eventually(async () => {
      const found = await query(expr, board, { route: "/steady", ...given });
      // Where nobody connects there is no share, and not NaN.
      expect(found.map(({ value }) => value)).toEqual(expected === undefined ? [] : [expected]);
    });
  });

  test("count the messages of /steady", async () => {
    const { board, expr } = panelNamed("overview", "Messages");
    await eventually(async () => {
      const found = await query(expr, board, { route: "/steady" });
      const received = found.find(({ labels }) => labels["websocket_message_direction"] === "received");
      // Each message, and the acknowledgement of three in four answers.
      const expected = (STEADY * 1000 * 1.75) / EVERY;
      expect(received?.value).toBeGreaterThan(expected * 0.7);
      expect(received?.value).toBeLessThan(expected * 1.3);
    });
  });

  test("tell a check that is up from one that is down, by location", async () => {
    const { board, expr } = panelNamed("synthetic", "Up");
    await eventually(async () => {
      const found = await query(expr, board, { location: "office" });
      expect(Object.fromEntries(found.map(({ labels, value }) => [labels["websocket_probe_name"], value]))).toEqual({
        secure: 1,
        gone: 0,
      });
    });
  });

  test("say what closes were", async () => {
    const { board, expr } = panelNamed("overview", "Closes by class and code");
    await eventually(async () => {
      const codes = (await query(expr, board, { route: "/busy" })).flatMap(({ labels, value }) =>
        value > 0 ? [labels["websocket_close_code"] ?? ""] : [],
      );
      expect(codes.sort()).toEqual(["1000", "1006", "1008", "1011", "1012", "4401"]);
    });
  });

  test("say which regions and platforms clients have", async () => {
    await eventually(async () => {
      const region = panelNamed("connections", "Closes by region");
      const platform = panelNamed("connections", "Closes by platform");
      const values = async ({ board, expr }: typeof region, label: string): Promise<Set<string | undefined>> =>
        new Set((await query(expr, board, { route: "/busy" })).map(({ labels }) => labels[label]));
      expect(await values(region, "geo_continent_code")).toEqual(new Set(["AS", "SA", undefined]));
      expect(await values(platform, "websocket_client_platform")).toContain("mobile");
    });
  });

  test("mark a version that was not there before", async () => {
    await eventually(async () => {
      const found = await prometheus.query(filled(DEPLOYS, { variables: [] }, { job, instance: ".*" }));
      expect(found.map(({ labels }) => labels)).toEqual([{ job, service_version: "1.2.3" }]);
    });
  });
});
