import { describe, expect, test } from "vitest";
import { assertConforms } from "../support/conform.ts";
import type { Telemetry } from "../support/conform.ts";

type Metrics = NonNullable<
  NonNullable<NonNullable<Telemetry["resourceMetrics"]>[number]["scopeMetrics"]>[number]["metrics"]
>;
type Metric = Metrics[number];
type Spans = NonNullable<NonNullable<NonNullable<Telemetry["resourceSpans"]>[number]["scopeSpans"]>[number]["spans"]>;
type Span = Spans[number];
type Attributes = NonNullable<Span["attributes"]>;

const scope = { name: "opentelemetry-websocket", version: "0.1.0" };

const MESSAGE_ATTRIBUTES: Attributes = [
  { key: "url.scheme", value: { stringValue: "ws" } },
  { key: "http.route", value: { stringValue: "/chat" } },
  { key: "websocket.message.direction", value: { stringValue: "sent" } },
  { key: "websocket.message.type", value: { stringValue: "text" } },
];

const SPAN_ATTRIBUTES: Attributes = [
  { key: "websocket.connection.id", value: { stringValue: "6f1d2c3a" } },
  { key: "network.protocol.name", value: { stringValue: "websocket" } },
  { key: "url.scheme", value: { stringValue: "ws" } },
  { key: "http.route", value: { stringValue: "/chat" } },
  { key: "http.response.status_code", value: { intValue: "101" } },
  { key: "websocket.close.code", value: { intValue: 1000 } },
  { key: "websocket.close.class", value: { stringValue: "normal" } },
  { key: "websocket.close.clean", value: { boolValue: true } },
  { key: "websocket.connection.longest_silence", value: { intValue: 60 } },
  { key: "websocket.connection.first_message.delay", value: { doubleValue: 0.25 } },
];

const SPAN: Span = { name: "websocket /chat", kind: 2, attributes: SPAN_ATTRIBUTES };

function counter(attributes: Attributes = MESSAGE_ATTRIBUTES): Metric {
  const sum = { isMonotonic: true, dataPoints: [{ attributes, asInt: 1 }] };
  return { name: "websocket.server.messages", unit: "{message}", sum };
}

function ofMetric(metric: Metric): Telemetry {
  return { resourceMetrics: [{ scopeMetrics: [{ scope, metrics: [metric] }] }] };
}

function ofSpan(span: Span): Telemetry {
  return { resourceSpans: [{ scopeSpans: [{ scope, spans: [span] }] }] };
}

function ofEvent(eventName: string): Telemetry {
  return { resourceLogs: [{ scopeLogs: [{ scope, logRecords: [{ eventName }] }] }] };
}

/** The attributes with one of them set, or left out. */
function withAttribute(attributes: Attributes, key: string, value?: Attributes[number]["value"]): Attributes {
  const others = attributes.filter((entry) => entry.key !== key);
  return value === undefined ? others : [...others, { key, value }];
}

describe("telemetry that conforms", () => {
  const histogram = {
    dataPoints: [{ attributes: [{ key: "websocket.close.class", value: { stringValue: "normal" } }] }],
  };
  const client = SPAN_ATTRIBUTES.filter(({ key }) => key !== "http.route");

  test.each<[string, Telemetry]>([
    ["nothing", {}],
    ["a counter", ofMetric(counter())],
    [
      "an up-down counter",
      ofMetric({ name: "websocket.client.active_connections", unit: "{connection}", sum: { isMonotonic: false } }),
    ],
    ["a histogram", ofMetric({ name: "websocket.server.connection.duration", unit: "s", histogram })],
    [
      "an exponential histogram",
      ofMetric({ name: "websocket.server.connection.duration", unit: "s", exponentialHistogram: histogram }),
    ],
    ["the overflow series", ofMetric(counter([{ key: "otel.metric.overflow", value: { boolValue: true } }]))],
    ["a server span", ofSpan(SPAN)],
    ["a server span without a route", ofSpan({ name: "websocket", kind: 2, attributes: client })],
    [
      "a client span",
      ofSpan({
        name: "websocket example.com",
        kind: 3,
        attributes: [...client, { key: "server.address", value: { stringValue: "example.com" } }],
      }),
    ],
    [
      "anything of another scope",
      { resourceMetrics: [{ scopeMetrics: [{ scope: { name: "other" }, metrics: [{ name: "a", unit: "ms" }] }] }] },
    ],
  ])("passes: %s", (_what, telemetry) => {
    expect(() => assertConforms(telemetry)).not.toThrow();
  });

  test("passes with the application's own attributes when they are named", () => {
    const telemetry = ofMetric(counter([...MESSAGE_ATTRIBUTES, { key: "app.region", value: { stringValue: "eu" } }]));
    expect(() => assertConforms(telemetry, { userAttributes: ["app.region"] })).not.toThrow();
    expect(() => assertConforms(telemetry)).toThrow(/attribute app\.region is not registered for it/);
  });
});

describe("telemetry that deviates", () => {
  const set = (key: string, value?: Attributes[number]["value"]): Telemetry =>
    ofMetric(counter(withAttribute(MESSAGE_ATTRIBUTES, key, value)));
  const setOnSpan = (key: string, value?: Attributes[number]["value"]): Telemetry =>
    ofSpan({ ...SPAN, attributes: withAttribute(SPAN_ATTRIBUTES, key, value) });

  test.each<[string, Telemetry, string]>([
    [
      "an unregistered metric",
      ofMetric({ ...counter(), name: "websocket.server.message" }),
      "metric websocket.server.message: is not registered",
    ],
    [
      "a wrong unit",
      ofMetric({ ...counter(), unit: "1" }),
      'metric websocket.server.messages: expected unit {message}, got "1"',
    ],
    [
      "an up-down counter for a counter",
      ofMetric({ ...counter(), sum: { isMonotonic: false } }),
      "metric websocket.server.messages: expected instrument counter, got updowncounter",
    ],
    [
      "a gauge for an up-down counter",
      ofMetric({ name: "websocket.server.active_connections", unit: "{connection}", gauge: {} }),
      "metric websocket.server.active_connections: expected instrument updowncounter, got gauge",
    ],
    [
      "a metric without data",
      ofMetric({ name: "websocket.server.messages", unit: "{message}" }),
      "metric websocket.server.messages: expected instrument counter, got none",
    ],
    [
      "an attribute that the metric does not have",
      set("websocket.close.code", { intValue: 1000 }),
      "metric websocket.server.messages: attribute websocket.close.code is not registered for it",
    ],
    [
      "a metric without a required attribute",
      set("websocket.message.type"),
      "metric websocket.server.messages: required attribute websocket.message.type is missing",
    ],
    [
      "an enum value that is not registered",
      set("websocket.message.type", { stringValue: "ping" }),
      'metric websocket.server.messages: attribute websocket.message.type: expected one of text, binary, got {"stringValue":"ping"}',
    ],
    [
      "an overflow attribute that is not true",
      set("otel.metric.overflow", { stringValue: "true" }),
      'metric websocket.server.messages: attribute otel.metric.overflow: expected true, got {"stringValue":"true"}',
    ],
    [
      "an int that is a string",
      setOnSpan("websocket.close.code", { stringValue: "1000" }),
      'span websocket.server: attribute websocket.close.code: expected int, got {"stringValue":"1000"}',
    ],
    [
      "an upstream string that is an int",
      setOnSpan("error.type", { intValue: 401 }),
      'span websocket.server: attribute error.type: expected string, got {"intValue":401}',
    ],
    [
      "a boolean that is a string",
      setOnSpan("websocket.close.clean", { stringValue: "true" }),
      'span websocket.server: attribute websocket.close.clean: expected boolean, got {"stringValue":"true"}',
    ],
    [
      "a double that is a string",
      setOnSpan("websocket.connection.longest_silence", { stringValue: "1.5" }),
      'span websocket.server: attribute websocket.connection.longest_silence: expected double, got {"stringValue":"1.5"}',
    ],
    [
      "an attribute without a value",
      setOnSpan("url.path", {}),
      "span websocket.server: attribute url.path: expected string, got {}",
    ],
    [
      "an attribute that the span does not have",
      setOnSpan("url.full", { stringValue: "ws://localhost/" }),
      "span websocket.server: attribute url.full is not registered for it",
    ],
    [
      "a span without a required attribute",
      setOnSpan("websocket.connection.id"),
      "span websocket.server: required attribute websocket.connection.id is missing",
    ],
    ["a span's kind", ofSpan({ ...SPAN, kind: 6 }), 'span "websocket /chat": no span of kind 6 is registered'],
    [
      "a span's name",
      ofSpan({ ...SPAN, name: "GET /chat" }),
      'span websocket.server: expected name "websocket /chat", got "GET /chat"',
    ],
    ["an event", ofEvent("websocket.opened"), "event websocket.opened: is not registered"],
    ["an event without a name", ofEvent(""), "event without a name: is not registered"],
  ])("is named: %s", (_what, telemetry, deviation) => {
    expect(() => assertConforms(telemetry)).toThrow(`in 1 way(s):\n- ${deviation}`);
  });

  test("is listed completely, each kind once", () => {
    const unregistered: Metric = { name: "websocket.a", unit: "s" };
    const metrics: Metric[] = [unregistered, unregistered, { ...counter(), unit: "s" }];
    const telemetry: Telemetry = { ...ofEvent("b"), resourceMetrics: [{ scopeMetrics: [{ scope, metrics }] }] };
    expect(() => assertConforms(telemetry)).toThrow(
      [
        "in 3 way(s):",
        "- metric websocket.a: is not registered",
        '- metric websocket.server.messages: expected unit {message}, got "s"',
        "- event b: is not registered",
      ].join("\n"),
    );
  });
});
