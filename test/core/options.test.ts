import { describe, expect, test } from "vitest";
import { WebSocketInstrumentation } from "../../src/index.ts";
import { resolveOptions } from "../../src/core/options.ts";

const wrong: [string, unknown, RegExp][] = [
  ["options", "yes", /option "options": expected an object, got "yes"; pass \{\}/],
  ["options", null, /option "options": expected an object, got null/],
  [
    "an unknown option",
    { routes: 1 },
    /option "routes": expected no such option, got 1; known options are route, traceContext/,
  ],
  ["route", { route: "/a" }, /option "route": expected a function, got "\/a"; pass \(request\) => …/],
  ["traceContext", { traceContext: {} }, /option "traceContext": expected a function, got a object/],
  ["suppressHttpSpan", { suppressHttpSpan: "yes" }, /option "suppressHttpSpan": expected true or false, got "yes"/],
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
    /option "connectionSpan.mode": expected "segments", "lifetime", "deferred" or "off", got "none"; leave it out/,
  ],
  [
    "connectionSpan's options",
    { connectionSpan: { modus: 1 } },
    /option "connectionSpan.modus": expected no such option/,
  ],
  [
    "maxAttributeSets",
    { maxAttributeSets: 0 },
    /option "maxAttributeSets": expected a whole number from 1 to 498, got 0; leave it out for 400/,
  ],
  [
    "maxAttributeSets beyond what seven age groups leave room for",
    { maxAttributeSets: 285, ageGroups: [1, 2, 3, 4, 5, 6] },
    /option "maxAttributeSets": expected a whole number from 1 to 284, got 285; leave it out for 284/,
  ],
  ["maxAttributeSets beyond what messages leave room for", { maxAttributeSets: 499 }, /from 1 to 498, got 499/],
  ["maxAttributeSets", { maxAttributeSets: 1.5 }, /got 1.5/],
  ["maxAttributeSets", { maxAttributeSets: "10" }, /got "10"/],
  [
    "heartbeat",
    { heartbeat: 30_000 },
    /option "heartbeat": expected an object, got 30000; pass \{ interval: 30000 \}, in milliseconds/,
  ],
  [
    "heartbeat without an interval",
    { heartbeat: {} },
    /option "heartbeat.interval": expected a number of milliseconds, got undefined/,
  ],
  [
    "a negative interval",
    { heartbeat: { interval: -1 } },
    /"heartbeat.interval": expected a number of milliseconds greater than 0, got -1/,
  ],
  ["an interval of NaN", { heartbeat: { interval: Number.NaN } }, /"heartbeat.interval": .* got NaN/],
  ["an interval of 0", { heartbeat: { interval: 0 } }, /"heartbeat.interval": .* got 0/],
  [
    "an endless interval",
    { heartbeat: { interval: Number.POSITIVE_INFINITY } },
    /"heartbeat.interval": .* got Infinity/,
  ],
  [
    "an interval that no timer can have",
    { heartbeat: { interval: 2 ** 31 } },
    /"heartbeat.interval": expected at most 2147483647 milliseconds, got 2147483648/,
  ],
  ["an interval as text", { heartbeat: { interval: "30s" } }, /"heartbeat.interval": .* got "30s"/],
  ["a negative timeout", { heartbeat: { interval: 10, timeout: -5 } }, /"heartbeat.timeout": .* got -5/],
  ["a timeout of NaN", { heartbeat: { interval: 10, timeout: Number.NaN } }, /"heartbeat.timeout": .* got NaN/],
  [
    "a timeout as long as the interval",
    { heartbeat: { interval: 10, timeout: 10 } },
    /"heartbeat.timeout": expected less than heartbeat.interval \(10\), got 10; make it shorter/,
  ],
  [
    "a timeout longer than the interval",
    { heartbeat: { interval: 10, timeout: 99 } },
    /"heartbeat.timeout": expected less than .* got 99/,
  ],
  [
    "maxMissed of 0",
    { heartbeat: { interval: 10, maxMissed: 0 } },
    /"heartbeat.maxMissed": expected a whole number from 1 to 1000, got 0/,
  ],
  [
    "terminate as text",
    { heartbeat: { interval: 10, terminate: "yes" } },
    /"heartbeat.terminate": expected true or false, got "yes"/,
  ],
  [
    "an unknown option of heartbeat",
    { heartbeat: { interval: 10, retries: 2 } },
    /"heartbeat.retries": expected no such option, got 2; known ones are interval, timeout/,
  ],
  [
    "application without match",
    { heartbeat: { interval: 10, application: { create: () => "" } } },
    /"heartbeat.application.match": expected a function, got undefined/,
  ],
  [
    "application without create",
    { heartbeat: { interval: 10, application: { match: () => true } } },
    /"heartbeat.application.create": expected a function, got undefined/,
  ],
  [
    "slowConsumer.bytes",
    { slowConsumer: { bytes: -1 } },
    /"slowConsumer.bytes": expected a number of bytes greater than 0, got -1/,
  ],
  [
    "slowConsumer.duration",
    { slowConsumer: { duration: Number.NaN } },
    /"slowConsumer.duration": expected a number of milliseconds greater than 0, got NaN/,
  ],
  [
    "slowConsumer.policy",
    { slowConsumer: { policy: "kill" } },
    /"slowConsumer.policy": expected "observe", "close" or a function, got "kill"/,
  ],
  [
    "capacity of 0",
    { capacity: 0 },
    /"capacity": expected a whole number of connections from 1 on, or a function, got 0/,
  ],
  ["capacity as text", { capacity: { limit: "10" } }, /"capacity": .* got "10"/],
  [
    "capacity.warnAt",
    { capacity: { limit: 10, warnAt: 80 } },
    /"capacity.warnAt": expected a share greater than 0 and up to 1, got 80/,
  ],
  [
    "capacity.onWarning",
    { capacity: { limit: 10, onWarning: true } },
    /"capacity.onWarning": expected a function, got true/,
  ],
  [
    "ageGroups that do not ascend",
    { ageGroups: [10, 10] },
    /"ageGroups": expected one to six ascending numbers of milliseconds, got an array/,
  ],
  ["no ageGroups", { ageGroups: [] }, /"ageGroups": .* got an empty array/],
  ["ageGroups of NaN", { ageGroups: [Number.NaN] }, /"ageGroups": expected/],
  ["quality", { quality: 100 }, /"quality": expected a function, got 100/],
  ["processingTime", { processingTime: 1 }, /"processingTime": expected true or false, got 1/],
  ["sendTime", { sendTime: "yes" }, /"sendTime": expected true or false, got "yes"/],
  ["maxPendingAcks", { maxPendingAcks: 0 }, /"maxPendingAcks": expected a whole number from 1 to 100000, got 0/],
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

  test("of heartbeats have defaults that follow the interval", () => {
    expect(resolveOptions({ heartbeat: { interval: 30_000 } }).heartbeat).toEqual({
      interval: 30_000,
      timeout: 10_000,
      maxMissed: 2,
      terminate: false,
      application: undefined,
    });
    expect(resolveOptions({ heartbeat: { interval: 4000 } }).heartbeat?.timeout).toBe(2000);
  });

  test("keep every metric under the SDK's limit of series, whatever the age groups", () => {
    expect(resolveOptions({ ageGroups: [1, 2, 3] }).maxAttributeSets).toBe(400);
    expect(resolveOptions({ ageGroups: [1, 2, 3, 4] }).maxAttributeSets).toBe(398);
    expect(resolveOptions({ ageGroups: [1, 2, 3, 4, 5, 6] }).maxAttributeSets).toBe(284);
    expect(resolveOptions({ maxAttributeSets: 498 }).maxAttributeSets).toBe(498);
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
      tracing: {
        mode: "segments",
        segmentDuration: 3600,
        lifecycle: true,
        checkpointInterval: 300,
        conditions: true,
        as: "logs",
      },
      maxAttributeSets: 400,
    });
  });
});
