import { TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SegmentSampler, observeServer } from "../../../src/index.ts";
import type { ConnectionObservation, ObserveOptions } from "../../../src/index.ts";
import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CONNECTION_ID,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED,
  ATTR_WEBSOCKET_CONNECTION_SEGMENT,
  ATTR_WEBSOCKET_INTERVAL_BYTES_RECEIVED,
  ATTR_WEBSOCKET_INTERVAL_MESSAGES_RECEIVED,
  ATTR_WEBSOCKET_SEGMENT_RELATION,
  EVENT_WEBSOCKET_CONNECTION_CLOSED,
  EVENT_WEBSOCKET_CONNECTION_OPENED,
} from "../../../src/semconv.ts";
import { attrs, logs, spans } from "../../support/query.ts";
import type { FoundSpan } from "../../support/query.ts";
import { startSdk } from "../../support/sdk.ts";
import type { TestSdk } from "../../support/sdk.ts";
import { closed, connect, copyWs, listen, shut } from "../../support/ws.ts";
import type { WsCopy, WsModule } from "../../support/ws.ts";

const SECOND = { connectionSpan: { segmentDuration: 1000 } };

let copy: WsCopy;
let ws: WsModule;
let sdk: TestSdk;
let server: Awaited<ReturnType<typeof listen>>["server"];
let url: string;
let observation: ConnectionObservation;

beforeEach(() => {
  copy = copyWs("8");
  ws = copy.load();
});

afterEach(async () => {
  await shut(server);
  observation.stop();
  copy.remove();
});

async function start(options: ObserveOptions = SECOND, sampler?: Parameters<typeof startSdk>[0]): Promise<void> {
  sdk = startSdk(sampler);
  ({ server, url } = await listen(ws, { path: "/chat" }));
  url += "/chat?room=1";
  observation = observeServer(server, {
    tracerProvider: sdk.tracerProvider,
    meterProvider: sdk.meterProvider,
    ...options,
  });
}

/** Lives through `count` segments, with a message in each. */
async function live(count: number): Promise<void> {
  const { client, peer } = await connect(ws, server, url);
  for (let segment = 1; segment < count; segment += 1) {
    client.send("x".repeat(segment));
    await vi.waitFor(async () => expect(spans(await sdk.collect())).toHaveLength(segment), 4000);
  }
  client.close(1000);
  await closed(client, peer);
}

/** The segments by what their links call each other. */
function linked(span: FoundSpan, all: readonly FoundSpan[]): Record<string, number> {
  return Object.fromEntries(
    span.links.map((link) => [
      attrs(link)[ATTR_WEBSOCKET_SEGMENT_RELATION],
      all.findIndex(({ spanId, traceId }) => spanId === link.spanId && traceId === link.traceId) + 1,
    ]),
  ) as Record<string, number>;
}

describe("a connection that lives longer than a segment", { timeout: 30_000 }, () => {
  test("has a span for each, every further one a trace of its own, linked both ways", async () => {
    await start();
    await live(4);
    const found = spans(await sdk.collect());
    expect(found.map((span) => attrs(span)[ATTR_WEBSOCKET_CONNECTION_SEGMENT])).toEqual([1, 2, 3, 4]);
    expect(new Set(found.map(({ traceId }) => traceId)).size).toBe(4);
    expect(found.slice(1).map(({ parentSpanId }) => parentSpanId)).toEqual(["", "", ""]);
    expect(found.map((span) => linked(span, found))).toEqual([
      { next: 2 },
      { previous: 1, next: 3 },
      { first: 1, previous: 2, next: 4 },
      { first: 1, previous: 3 },
    ]);
  });

  test("has spans that say the same about it, but the handshake's result only at the first", async () => {
    await start();
    await live(2);
    const [first, second] = spans(await sdk.collect()).map(attrs);
    expect(second).toMatchObject({
      "http.route": "/chat",
      "url.path": "/chat",
      "url.query": "room=1",
      "network.peer.address": "127.0.0.1",
      [ATTR_WEBSOCKET_CONNECTION_ID]: first![ATTR_WEBSOCKET_CONNECTION_ID],
    });
    expect(first![ATTR_HTTP_RESPONSE_STATUS_CODE]).toBe(101);
    expect(second).not.toHaveProperty([ATTR_HTTP_RESPONSE_STATUS_CODE]);
  });

  test("has in each what was within it, and the close and the totals in the last", async () => {
    await start();
    await live(3);
    const found = spans(await sdk.collect()).map(attrs);
    expect(found.map((span) => span[ATTR_WEBSOCKET_INTERVAL_MESSAGES_RECEIVED])).toEqual([1, 1, 0]);
    expect(found.map((span) => span[ATTR_WEBSOCKET_INTERVAL_BYTES_RECEIVED])).toEqual([1, 2, 0]);
    expect(found.map((span) => span[ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED])).toEqual([undefined, undefined, 2]);
    expect(found.map((span) => span[ATTR_WEBSOCKET_CLOSE_CODE])).toEqual([undefined, undefined, 1000]);
  });

  test("goes on without a gap", async () => {
    await start();
    await live(3);
    const found = spans(await sdk.collect());
    for (const [index, span] of found.slice(1).entries()) {
      const gap = Number(BigInt(span.startTimeUnixNano) - BigInt(found[index]!.endTimeUnixNano)) / 1e6;
      expect(Math.abs(gap)).toBeLessThan(5);
    }
    const [first] = found;
    const seconds = Number(BigInt(first!.endTimeUnixNano) - BigInt(first!.startTimeUnixNano)) / 1e9;
    expect(seconds).toBeGreaterThan(0.89);
  });

  test("has its events in the segment in which they happen", async () => {
    await start();
    await live(2);
    const telemetry = await sdk.collect();
    const [first, last] = spans(telemetry);
    const [opened] = logs(telemetry, { name: EVENT_WEBSOCKET_CONNECTION_OPENED });
    const [ended] = logs(telemetry, { name: EVENT_WEBSOCKET_CONNECTION_CLOSED });
    expect([opened?.traceId, opened?.spanId]).toEqual([first?.traceId, first?.spanId]);
    expect([ended?.traceId, ended?.spanId]).toEqual([last?.traceId, last?.spanId]);
  });

  test("has one span with the mode `lifetime`", async () => {
    await start({ connectionSpan: { mode: "lifetime", segmentDuration: 1000 } });
    const { client, peer } = await connect(ws, server, url);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    client.close(1000);
    await closed(client, peer);
    const found = spans(await sdk.collect());
    expect(found).toHaveLength(1);
    expect(attrs(found[0]!)).not.toHaveProperty([ATTR_WEBSOCKET_CONNECTION_SEGMENT]);
  });

  test("ends its running segment when it is not observed any more", async () => {
    await start();
    const { client } = await connect(ws, server, url);
    await vi.waitFor(async () => expect(spans(await sdk.collect())).toHaveLength(1), 4000);
    observation.stop();
    expect(sdk.openSpans()).toEqual([]);
    client.terminate();
  });
});

describe("a connection that lives shorter", () => {
  test("has exactly one span, which says nothing of segments", async () => {
    await start({});
    const { client, peer } = await connect(ws, server, url);
    client.close(1000);
    await closed(client, peer);
    const [span, ...others] = spans(await sdk.collect());
    expect(others).toEqual([]);
    expect(span?.links).toEqual([]);
    expect(Object.keys(attrs(span!)).filter((key) => /segment|interval/.test(key))).toEqual([]);
  });
});

/** A sampler that keeps the trace whose turn it is. */
function everyTurn(turns: readonly boolean[]): { shouldSample(): { decision: 0 | 2 }; toString(): string } {
  let turn = 0;
  return {
    shouldSample: () => ({ decision: turns[turn++] === true ? 2 : 0 }),
    toString: () => "EveryTurn",
  };
}

describe("a sampler that takes a share of all traces", { timeout: 30_000 }, () => {
  test("may leave out a segment; what was in it is told by the next one, which links to the last that was kept", async () => {
    await start(SECOND, { sampler: everyTurn([true, false, true]) });
    const { client, peer } = await connect(ws, server, url);
    client.send("first");
    await vi.waitFor(async () => expect(spans(await sdk.collect())).toHaveLength(1), 4000);
    client.send("second");
    await vi.waitFor(() => expect(sdk.openSpans()).toHaveLength(1), 4000);
    client.close(1000);
    await closed(client, peer);
    const found = spans(await sdk.collect());
    expect(found.map((span) => attrs(span)[ATTR_WEBSOCKET_CONNECTION_SEGMENT])).toEqual([1, 3]);
    expect(found.map((span) => attrs(span)[ATTR_WEBSOCKET_INTERVAL_MESSAGES_RECEIVED])).toEqual([1, 1]);
    expect(linked(found[1]!, found)).toEqual({ previous: 1 });
    expect(attrs(found[1]!)).toMatchObject({ "http.route": "/chat", [ATTR_WEBSOCKET_CLOSE_CODE]: 1000 });
  });

  test("takes all segments of a connection or none with the SegmentSampler", async () => {
    await start(SECOND, { sampler: new SegmentSampler(everyTurn([true, false, false, false])) });
    await live(3);
    expect(spans(await sdk.collect()).map((span) => attrs(span)[ATTR_WEBSOCKET_CONNECTION_SEGMENT])).toEqual([1, 2, 3]);
  });

  test("holds nothing of a connection that it left out, for all its life", async () => {
    await start(SECOND, { sampler: new SegmentSampler(new TraceIdRatioBasedSampler(0)) });
    const { client, peer } = await connect(ws, server, url);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    client.close(1000);
    await closed(client, peer);
    const telemetry = await sdk.collect();
    expect([spans(telemetry), logs(telemetry), sdk.openSpans()]).toEqual([[], [], []]);
  });

  test("is asked for", () => {
    expect(() => new SegmentSampler({} as never)).toThrow(
      /SegmentSampler: expected a sampler, got object; pass one such as/,
    );
    expect(String(new SegmentSampler(new TraceIdRatioBasedSampler(0.5)))).toBe(
      "SegmentSampler{TraceIdRatioBased{0.5}}",
    );
  });
});
