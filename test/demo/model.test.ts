import { describe, expect, test } from "vitest";
import { TelemetryModel } from "../../src/demo/model.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_WEBSOCKET_CLOSE_CLASS,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CLOSE_INITIATOR,
  ATTR_WEBSOCKET_CONNECTION_ID,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED,
  ATTR_WEBSOCKET_MESSAGE_DIRECTION,
  ATTR_WEBSOCKET_MESSAGE_TYPE,
  METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
} from "../../src/semconv.ts";
import { decodeRequest } from "../../src/viewer/decode.ts";
import type { Signal } from "../../src/viewer/decode.ts";
import type { Telemetry } from "../../src/viewer/otlp.ts";

type Values = Record<string, string | number>;

function attributes(values: Values): object[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: value } : { stringValue: value },
  }));
}

function decode(signal: Signal, body: object): Telemetry {
  return decodeRequest(signal, "json", Buffer.from(JSON.stringify(body)));
}

/** One export of a metric at `time`, in seconds after the start of all series. */
function exported(name: string, time: number, points: [Values, number][], instance = "one"): Telemetry {
  const dataPoints = points.map(([values, value]) => ({
    attributes: attributes(values),
    startTimeUnixNano: "1000000000",
    timeUnixNano: `${1 + time}000000000`,
    ...(name.endsWith("duration") ? { count: value } : { asInt: value }),
  }));
  const kind = name.endsWith("duration") ? "histogram" : "sum";
  const resource = { attributes: attributes({ "service.instance.id": instance }) };
  return decode("metrics", {
    resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name, [kind]: { dataPoints } }] }] }],
  });
}

function span(kind: number, endSecond: number, values: Values): object {
  return {
    name: "websocket /chat",
    kind,
    startTimeUnixNano: "1000000000",
    endTimeUnixNano: `${endSecond}500000000`,
    attributes: attributes({ [ATTR_WEBSOCKET_CONNECTION_ID]: `c${endSecond}`, ...values }),
  };
}

const received = (type: string): Values => ({
  [ATTR_WEBSOCKET_MESSAGE_DIRECTION]: "received",
  [ATTR_WEBSOCKET_MESSAGE_TYPE]: type,
});

describe("the model", () => {
  test("adds up the newest values of all series of all processes", () => {
    const model = new TelemetryModel();
    model.add(exported(METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS, 1, [[{}, 3]]));
    model.add(exported(METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS, 1, [[{}, 4]], "two"));
    model.add(exported(METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS, 2, [[{}, 1]]));
    expect(model.snapshot().server.active).toBe(5);
    expect(model.snapshot()).toMatchObject({ exports: 3, client: { active: 0 } });
  });

  test("takes recent rates over the last 5 s, and averages over everything", () => {
    const model = new TelemetryModel();
    for (const [time, text] of [0, 100, 100, 100, 100, 100, 200, 300].entries()) {
      model.add(exported(METRIC_WEBSOCKET_SERVER_MESSAGES, time, [[received("text"), text]]));
    }
    expect(model.snapshot().server.messages.received).toEqual({ total: 300, perSecond: 40 });
    expect(model.snapshot("average").server.messages.received.perSecond).toBeCloseTo(300 / 7);
  });

  test("counts a series that appears later from nothing", () => {
    const model = new TelemetryModel();
    model.add(exported(METRIC_WEBSOCKET_SERVER_MESSAGES, 1, [[received("text"), 10]]));
    model.add(
      exported(METRIC_WEBSOCKET_SERVER_MESSAGES, 3, [
        [received("text"), 10],
        [received("binary"), 30],
      ]),
    );
    // Over the 3 s since the start: 40 messages.
    expect(model.snapshot().server.messages.received.perSecond).toBeCloseTo(40 / 3);
  });

  test("does not make a rate of a moment", () => {
    const model = new TelemetryModel();
    model.add(exported(METRIC_WEBSOCKET_SERVER_MESSAGES, 0, [[received("text"), 10]]));
    expect(model.snapshot("average").server.messages.received).toEqual({ total: 10, perSecond: undefined });
  });

  test("keeps handshakes by status code, or by error without an answer", () => {
    const model = new TelemetryModel();
    model.add(
      exported(METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION, 1, [
        [{ [ATTR_HTTP_RESPONSE_STATUS_CODE]: 101 }, 7],
        [{ [ATTR_HTTP_RESPONSE_STATUS_CODE]: 401, [ATTR_ERROR_TYPE]: "401" }, 2],
        [{ [ATTR_ERROR_TYPE]: "ECONNREFUSED" }, 1],
      ]),
    );
    expect([...model.snapshot().client.handshakes]).toEqual([
      ["101", 7],
      ["401", 2],
      ["ECONNREFUSED", 1],
    ]);
  });

  test("adds up closed connections by code, whoever began", () => {
    const model = new TelemetryModel();
    const closed = (code: number | undefined, closeClass: string, initiator: string): Values => ({
      ...(code !== undefined && { [ATTR_WEBSOCKET_CLOSE_CODE]: code }),
      [ATTR_WEBSOCKET_CLOSE_CLASS]: closeClass,
      [ATTR_WEBSOCKET_CLOSE_INITIATOR]: initiator,
    });
    model.add(
      exported(METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, 1, [
        [closed(1000, "normal", "client"), 2],
        [closed(1000, "normal", "server"), 3],
        [closed(undefined, "application", "server"), 1],
      ]),
    );
    expect(model.snapshot().server.closures).toEqual([
      { code: 1000, closeClass: "normal", count: 5 },
      { code: undefined, closeClass: "application", count: 1 },
    ]);
  });

  test("keeps the last spans of connections by end, newest first, and no others", () => {
    const model = new TelemetryModel();
    const closed = { [ATTR_WEBSOCKET_CLOSE_CODE]: 1006, [ATTR_WEBSOCKET_CLOSE_INITIATOR]: "none" };
    const refused = { [ATTR_HTTP_RESPONSE_STATUS_CODE]: 401, [ATTR_ERROR_TYPE]: "401" };
    const spans = [
      span(2, 3, { ...closed, [ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED]: 9 }),
      span(2, 5, refused),
      span(2, 4, {}),
      ...[...Array(30).keys()].map((index) => span(3, 10 + index, closed)),
      { name: "GET", kind: 3 },
    ];
    model.add(decode("traces", { resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    const { spans: kept, spanCount } = model.snapshot();
    expect(spanCount).toBe(33);
    expect(kept.server.map(({ seconds }) => seconds)).toEqual([4.5, 3.5, 2.5]);
    expect(kept.server[0]).toMatchObject({ failure: "401", closeCode: undefined, received: undefined });
    expect(kept.server[2]).toMatchObject({ closeCode: 1006, initiator: "none", failure: undefined, received: 9 });
    expect(kept.client).toHaveLength(20);
    expect(kept.client[0]?.seconds).toBe(38.5);
  });
});
