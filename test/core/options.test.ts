import { describe, expect, test } from "vitest";
import { WebSocketInstrumentation } from "../../src/index.ts";
import { resolveOptions } from "../../src/core/options.ts";

const wrong: [string, unknown, RegExp][] = [
  ["options", "yes", /option "options": expected an object, got "yes"; pass \{\}/],
  ["options", null, /option "options": expected an object, got null/],
  [
    "an unknown option",
    { routes: 1 },
    /option "routes": expected no such option, got 1; known options are route, metricAttributes/,
  ],
  ["route", { route: "/a" }, /option "route": expected a function, got "\/a"; pass \(request\) => …/],
  ["metricAttributes", { metricAttributes: {} }, /option "metricAttributes": expected a function, got a object/],
  [
    "subprotocols",
    { subprotocols: "chat" },
    /option "subprotocols": expected an array of subprotocol names, got "chat"; pass an array/,
  ],
  ["a subprotocol", { subprotocols: ["a b"] }, /option "subprotocols": expected a subprotocol name, got "a b"/],
  ["closeCodes", { closeCodes: 4000 }, /option "closeCodes": expected an array of close codes, got 4000/],
  ["a close code", { closeCodes: [4000, 99] }, /option "closeCodes": expected a close code from 1000 to 4999, got 99/],
  ["a close code", { closeCodes: [Number.NaN] }, /got NaN/],
  ["connectionSpan", { connectionSpan: true }, /option "connectionSpan": expected an object, got true/],
  [
    "connectionSpan.mode",
    { connectionSpan: { mode: "none" } },
    /option "connectionSpan.mode": expected "lifetime" or "off", got "none"/,
  ],
  [
    "connectionSpan's options",
    { connectionSpan: { modus: 1 } },
    /option "connectionSpan.modus": expected no such option/,
  ],
  [
    "maxAttributeSets",
    { maxAttributeSets: 0 },
    /option "maxAttributeSets": expected a whole number from 1 to 1000, got 0; leave it out for 400/,
  ],
  ["maxAttributeSets", { maxAttributeSets: 1.5 }, /got 1.5/],
  ["maxAttributeSets", { maxAttributeSets: "10" }, /got "10"/],
];

describe("options", () => {
  test.each(wrong)(
    "%s: a wrong value is named, with what was expected and how to mend it",
    (_name, options, message) => {
      expect(() => resolveOptions(options)).toThrow(TypeError);
      expect(() => resolveOptions(options)).toThrow(message);
    },
  );

  test("are checked by the instrumentation's constructor and by setConfig", () => {
    expect(() => new WebSocketInstrumentation({ route: 1 } as never)).toThrow(/option "route"/);
    const instrumentation = new WebSocketInstrumentation({ enabled: false });
    expect(() => instrumentation.setConfig({ closeCodes: ["a"] } as never)).toThrow(/option "closeCodes"/);
  });

  test("have defaults that need no configuration", () => {
    expect(resolveOptions(undefined)).toMatchObject({
      heartbeat: undefined,
      slowConsumer: { bytes: 1_048_576, duration: 5, policy: "observe" },
      clientId: undefined,
      reconnections: { threshold: 5, window: 60_000 },
      capacity: undefined,
      processingTime: false,
      sendTime: false,
      maxPendingAcks: 1000,
      route: undefined,
      metricAttributes: undefined,
      subprotocols: new Set(),
      closeCodes: new Set(),
      spans: true,
      maxAttributeSets: 400,
    });
  });
});
