import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocketInstrumentation } from "../../src/index.ts";
import type { ObserverOptions } from "../../src/index.ts";
import { startSdk } from "../support/sdk.ts";
import { WS_VERSIONS, copyWs } from "../support/ws.ts";
import type { WsCopy, WsVersion } from "../support/ws.ts";
import { scenarios } from "./scenarios.ts";

/** Options that stand between the application and `ws`. */
const everything: ObserverOptions = {
  processingTime: true,
  sendTime: true,
  capacity: 1000,
  // The first heartbeat is anywhere within the interval, so none is sent while a scenario runs.
  heartbeat: { interval: 2 ** 30, application: { create: () => "beat", match: () => false, consume: true } },
};

const runs: [version: WsVersion, what: string, options: ObserverOptions][] = [
  ...(Object.keys(WS_VERSIONS) as WsVersion[]).map((version) => [version, "the instrumentation", {}] as const),
  ["7", "what measures messages", everything],
  ["8", "what measures messages", everything],
  ...(Object.keys(WS_VERSIONS) as WsVersion[]).map(
    (version) => [version, "spans of messages", { messageSpans: {}, propagateConnection: true }] as const,
  ),
  ["8", "spans of few messages", { messageSpans: { ratio: 0.2 } }],
  ["8", "spans and measures of messages", { ...everything, messageSpans: {} }],
].map(([version, what, options]) => [version as WsVersion, what as string, options as ObserverOptions]);

for (const [version, what, options] of runs) {
  describe(`an application on ws ${version} does not notice ${what}`, () => {
    let plain: WsCopy;
    let observed: WsCopy;
    let instrumentation: WebSocketInstrumentation;

    beforeEach(() => {
      const sdk = startSdk();
      plain = copyWs(version);
      observed = copyWs(version);
      plain.load();
      instrumentation = new WebSocketInstrumentation({ ...options, enabled: false });
      instrumentation.setTracerProvider(sdk.tracerProvider);
      instrumentation.setMeterProvider(sdk.meterProvider);
    });

    afterEach(() => {
      instrumentation.disable();
      plain.remove();
      observed.remove();
    });

    test.each(Object.entries(scenarios))("%s", async (_name, scenario) => {
      const expected: unknown[] = [];
      await scenario(plain.load(), (...entry) => expected.push(entry));
      instrumentation.enable();
      const actual: unknown[] = [];
      await scenario(observed.load(), (...entry) => actual.push(entry));
      expect(expected.length).toBeGreaterThan(0);
      expect(actual).toEqual(expected);
    });
  });
}
