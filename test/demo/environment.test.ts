import { expect, test } from "vitest";
import { childEnvironment } from "../../src/demo/environment.ts";

const users = {
  PATH: "/bin",
  NODE_OPTIONS: "--import ./otel.mjs",
  OTEL_TRACES_EXPORTER: "console",
  OTEL_SERVICE_NAME: "mine",
  OTEL_METRIC_EXPORT_INTERVAL: "60000",
  OTEL_EXPORTER_OTLP_HEADERS: "api-key=1",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://mine:4318",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://mine:4318/traces",
};

test("nothing of the user's OpenTelemetry reaches the children that send to the demo's own receiver", () => {
  expect(childEnvironment("demo", "http://127.0.0.1:1", false, users)).toEqual({
    PATH: "/bin",
    OTEL_SERVICE_NAME: "demo",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_LOGS_EXPORTER: "none",
    OTEL_METRIC_EXPORT_INTERVAL: "1000",
    OTEL_METRIC_EXPORT_TIMEOUT: "1000",
    OTEL_BSP_SCHEDULE_DELAY: "500",
  });
});

test("the user's settings for their own endpoint stay, but for the endpoint and the names", () => {
  expect(childEnvironment("demo", "http://collector:4318", true, users)).toEqual({
    PATH: "/bin",
    OTEL_TRACES_EXPORTER: "console",
    OTEL_SERVICE_NAME: "demo",
    OTEL_METRIC_EXPORT_INTERVAL: "60000",
    OTEL_METRIC_EXPORT_TIMEOUT: "1000",
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=1",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
    OTEL_LOGS_EXPORTER: "none",
    OTEL_BSP_SCHEDULE_DELAY: "500",
  });
});
