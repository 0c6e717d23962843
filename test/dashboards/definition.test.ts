import { describe, expect, test } from "vitest";
import {
  METRIC_WEBSOCKET_PROBE_UP,
  METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT,
  METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGE_IO,
} from "../../src/semconv.ts";
import { place } from "../../scripts/dashboards/model.ts";
import type { Panel } from "../../scripts/dashboards/model.ts";
import { Scope } from "../../scripts/dashboards/promql.ts";
import { steps } from "../../scripts/dashboards/thresholds.ts";
import { histogramName, labelName, metricNames, seriesName, seriesNames } from "../../scripts/prometheus/names.ts";
import { relabelRules } from "../../scripts/prometheus/relabel.ts";

const panel: Panel = { title: "Some", description: "A panel.", unit: "short", queries: [] };

describe("a metric's name in Prometheus", () => {
  test("has the unit spelled out, and what it counts", () => {
    expect(seriesName(METRIC_WEBSOCKET_SERVER_MESSAGE_IO)).toBe("websocket_server_message_io_bytes_total");
    expect(seriesName(METRIC_WEBSOCKET_PROBE_UP)).toBe("websocket_probe_up_ratio");
    expect(seriesName(METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toBe("websocket_server_connection_limit");
    expect(seriesNames(METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION)).toEqual([
      "websocket_server_handshake_duration_seconds_bucket",
      "websocket_server_handshake_duration_seconds_sum",
      "websocket_server_handshake_duration_seconds_count",
    ]);
  });

  test("is refused where there is no such series", () => {
    expect(() => seriesName(METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION)).toThrow("is a histogram: use histogramName");
    expect(() => histogramName(METRIC_WEBSOCKET_PROBE_UP, "sum")).toThrow(
      "is no histogram but a gauge: use seriesName",
    );
  });

  test("is made from the one that OpenTelemetry's own exporter writes, and is left alone when it is right", () => {
    const relabelled = (name: string): string =>
      relabelRules().reduce((text, { regex, replacement }) => {
        // Prometheus anchors the expression and writes groups as ${1}; one that did not take part is empty.
        const match = new RegExp(`^(?:${regex})$`).exec(text);
        return match === null
          ? text
          : replacement.replaceAll(/\$\{(\d)\}/g, (_, group: string) => match[Number(group)] ?? "");
      }, name);
    for (const series of metricNames().flatMap(seriesNames)) {
      expect(relabelled(series.replace(/_(seconds|bytes|ratio)(?=_bucket$|_sum$|_count$|_total$|$)/, ""))).toBe(series);
      expect(relabelled(series)).toBe(series);
    }
    expect(labelName("geo.continent.code")).toBe("geo_continent_code");
  });
});

describe("a panel", () => {
  test("goes to the next line where the line is full", () => {
    const placed = place([{ ...panel, width: 12 }, { ...panel, width: 12, kind: "stat" }, panel], 5);
    expect(placed.map(({ id, x, y, height }) => [id, x, y, height])).toEqual([
      [5, 0, 0, 8],
      [6, 12, 0, 5],
      [7, 0, 8, 8],
    ]);
  });

  test("is red above its mark, or below it where less is worse", () => {
    const colors = (yellow: number, red: number): unknown[] =>
      steps({ ...panel, thresholds: { yellow, red } }).map(({ value, color }) => [value, color]);
    expect(colors(0.7, 0.8)).toEqual([
      [null, "green"],
      [0.7, "yellow"],
      [0.8, "red"],
    ]);
    expect(colors(0.99, 0.95)).toEqual([
      [null, "red"],
      [0.95, "yellow"],
      [0.99, "green"],
    ]);
  });
});

test("a metric that only servers have is refused for clients", () => {
  const client = new Scope("websocket.client", []);
  expect(() => client.sum(METRIC_WEBSOCKET_SERVER_CONNECTION_LIMIT)).toThrow(
    "websocket.server.connection.limit has no counterpart websocket.client.connection.limit in the registry",
  );
});
