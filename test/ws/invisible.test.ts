import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocketInstrumentation } from "../../src/index.ts";
import { startSdk } from "../support/sdk.ts";
import { WS_VERSIONS, copyWs } from "../support/ws.ts";
import type { WsCopy, WsVersion } from "../support/ws.ts";
import { scenarios } from "./scenarios.ts";

for (const version of Object.keys(WS_VERSIONS) as WsVersion[]) {
  describe(`an application on ws ${version} does not notice the instrumentation`, () => {
    let plain: WsCopy;
    let observed: WsCopy;
    let instrumentation: WebSocketInstrumentation;

    beforeEach(() => {
      const sdk = startSdk();
      plain = copyWs(version);
      observed = copyWs(version);
      plain.load();
      instrumentation = new WebSocketInstrumentation({ enabled: false });
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
