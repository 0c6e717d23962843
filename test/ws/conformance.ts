import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import type { ServerOptions } from "ws";
import { WebSocketInstrumentation, observeClient, observeServer } from "../../src/index.ts";
import type { Observation, ObserverOptions } from "../../src/index.ts";
import { startSdk } from "../support/sdk.ts";
import type { TestSdk } from "../support/sdk.ts";
import { WS_VERSIONS, copyWs, listen, shut } from "../support/ws.ts";
import type { WsCopy, WsModule, WsVersion } from "../support/ws.ts";

type Server = Awaited<ReturnType<typeof listen>>["server"];

/** One of the ways in that need no process of their own; `register` is proven in test/register. */
interface Way {
  readonly name: string;
  start(copy: WsCopy, sdk: TestSdk, options: ObserverOptions): Observed;
}

/** An observed copy of `ws`: how a server that was made is observed, and how all ends. */
interface Observed {
  readonly ws: WsModule;
  server(server: Server): void;
  stop(): void;
}

const ways: Way[] = [
  {
    name: "WebSocketInstrumentation",
    start(copy, sdk, options) {
      const instrumentation = new WebSocketInstrumentation({ ...options, enabled: false });
      instrumentation.setTracerProvider(sdk.tracerProvider);
      instrumentation.setMeterProvider(sdk.meterProvider);
      instrumentation.enable();
      return { ws: copy.load(), server: () => {}, stop: () => instrumentation.disable() };
    },
  },
  {
    name: "observeServer and observeClient",
    start(copy, sdk, options) {
      const ws = copy.load();
      const all = { ...options, tracerProvider: sdk.tracerProvider, meterProvider: sdk.meterProvider };
      const observations: Observation[] = [observeClient(ws.WebSocket, all)];
      return {
        ws,
        server: (server) => void observations.push(observeServer(server, all)),
        stop: () => observations.splice(0).forEach((observation) => observation.stop()),
      };
    },
  },
];

/** What a test of the suite works with; the fields change with each test. */
export interface Kit {
  readonly version: WsVersion;
  ws: WsModule;
  sdk: TestSdk;
  server: Server;
  url: string;
  /** Observes a fresh copy of `ws` and starts a server of it. */
  start(serverOptions?: Omit<ServerOptions, "port" | "host">, options?: ObserverOptions): Promise<void>;
}

/** Runs a suite on every version of `ws` through every way in. */
export function conformance(subject: string, suite: (kit: Kit) => void): void {
  beforeAll(() => void propagation.setGlobalPropagator(new W3CTraceContextPropagator()));
  afterAll(() => propagation.disable());
  for (const version of Object.keys(WS_VERSIONS) as WsVersion[]) {
    for (const way of ways) {
      describe(`${subject}: ws ${version} through ${way.name}`, () => {
        let copy: WsCopy;
        let observed: Observed;
        const kit = {
          version,
          async start(serverOptions = {}, options = {}) {
            observed = way.start(copy, kit.sdk, options);
            kit.ws = observed.ws;
            Object.assign(kit, await listen(kit.ws, serverOptions));
            observed.server(kit.server);
          },
        } as Kit;

        beforeEach(() => {
          copy = copyWs(version);
          kit.sdk = startSdk({ userAttributes: ["app.tier"] });
        });

        afterEach(async () => {
          await shut(kit.server);
          observed.stop();
          copy.remove();
        });

        suite(kit);
      });
    }
  }
}
