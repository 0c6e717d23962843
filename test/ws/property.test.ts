import { once } from "node:events";
import type { Socket } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { WebSocketInstrumentation } from "../../src/index.ts";
import {
  METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_CLIENT_MESSAGES,
  METRIC_WEBSOCKET_CLIENT_MESSAGE_IO,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
} from "../../src/semconv.ts";
import { sumOf } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";
import type { TestSdk } from "../support/sdk.ts";
import { closed, copyWs, listen, shut } from "../support/ws.ts";
import type { WsCopy, WsModule } from "../support/ws.ts";

/** Longer where there is time for it. */
const TIME = process.env["CI"] === undefined ? 5_000 : 30_000;

let copy: WsCopy;
let sdk: TestSdk;
let instrumentation: WebSocketInstrumentation;
let ws: WsModule;

beforeEach(() => {
  copy = copyWs("8");
  sdk = startSdk();
  instrumentation = new WebSocketInstrumentation();
  instrumentation.setTracerProvider(sdk.tracerProvider);
  instrumentation.setMeterProvider(sdk.meterProvider);
  ws = copy.load();
});

afterEach(() => {
  instrumentation.disable();
  copy.remove();
});

/** What a peer may do to a connection, in any order. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("text" as const), data: fc.string({ unit: "binary", maxLength: 200 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("binary" as const), data: fc.uint8Array({ maxLength: 70_000 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("fragments" as const),
      data: fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("ping" as const, "pong" as const),
      data: fc.uint8Array({ maxLength: 125 }),
    }),
  },
);
const ending = fc.constantFrom("close", "close 4000", "terminate", "destroy", "garbage", "both");

test(
  "whatever peers do, what was sent is counted and opened minus closed is active",
  async () => {
    const { server, url } = await listen(ws, { perMessageDeflate: { threshold: 100 } });
    let opened = 0;
    let sentMessages = 0;
    let sentBytes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), ending, fc.boolean(), async (steps, end, deflate) => {
        const connected = once(server, "connection") as Promise<[WebSocket]>;
        const client = new ws.WebSocket(url, { perMessageDeflate: deflate });
        const [[peer]] = await Promise.all([connected, once(client, "open")]);
        opened += 1;
        for (const one of steps) {
          if (one.do === "ping" || one.do === "pong") {
            client[one.do](one.data);
            continue;
          }
          sentMessages += 1;
          const parts = one.do === "fragments" ? one.data : [one.data];
          parts.forEach((part, index) => {
            client.send(part, { fin: index === parts.length - 1 });
            sentBytes += Buffer.byteLength(part);
          });
        }
        await new Promise((resolve) => {
          client.send("", resolve);
        });
        sentMessages += 1;
        const active = await sdk.collect();
        expect(sumOf(active, METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS)).toBe(1);
        finish(end, client, peer);
        await closed(client, peer);

        const telemetry = await sdk.collect();
        expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGES, { "websocket.message.direction": "sent" })).toBe(
          sentMessages,
        );
        expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGE_IO, { "websocket.message.direction": "sent" })).toBe(
          sentBytes,
        );
        expect(
          sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES, { "websocket.message.direction": "received" }),
        ).toBeLessThanOrEqual(sentMessages);
        for (const [handshakes, ended, open] of [
          [
            METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
            METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
            METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
          ],
          [
            METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
            METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
            METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS,
          ],
        ] as const) {
          expect(sumOf(telemetry, handshakes)).toBe(opened);
          expect(sumOf(telemetry, ended)).toBe(opened);
          expect(sumOf(telemetry, open)).toBe(0);
        }
        expect(sdk.openSpans()).toEqual([]);
      }),
      { interruptAfterTimeLimit: TIME, numRuns: 100_000 },
    );
    expect(opened).toBeGreaterThan(20);
    await shut(server);
  },
  TIME + 30_000,
);

function finish(end: string, client: WebSocket, peer: WebSocket): void {
  if (end === "close" || end === "both") client.close();
  if (end === "both") peer.close(1001);
  if (end === "close 4000") client.close(4000);
  if (end === "terminate") client.terminate();
  if (end === "destroy") (peer as unknown as { _socket: Socket })._socket.destroy();
  if (end === "garbage") (client as unknown as { _socket: Socket })._socket.write(Buffer.from([0xff, 0xff, 0xff]));
}
