import { diag, propagation } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { SamplingDecision } from "@opentelemetry/sdk-trace";
import type { Sampler } from "@opentelemetry/sdk-trace";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import * as ws from "ws";
import { observeServer } from "../../src/index.ts";
import type { HandshakeRequest, ObserveOptions } from "../../src/index.ts";
import { spans } from "../support/query.ts";
import type { Providers } from "../../src/telemetry/telemetry.ts";
import { startSdk } from "../support/sdk.ts";
import type { TestSdk } from "../support/sdk.ts";
import { closed, connect, listen, shut } from "../support/ws.ts";
import type { WsModule } from "../support/ws.ts";

const IN_HEADER = { traceId: "0af7651916cd43dd8448eb211c80319c", parentSpanId: "b7ad6b7169203331" };
const IN_QUERY = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", parentSpanId: "00f067aa0ba902b7" };
const headers = { traceparent: `00-${IN_HEADER.traceId}-${IN_HEADER.parentSpanId}-01` };
const query = `/chat?traceparent=00-${IN_QUERY.traceId}-${IN_QUERY.parentSpanId}-01`;

function fromQuery({ url = "" }: HandshakeRequest): { traceparent: string | null; tracestate: string | null } {
  const { searchParams } = new URL(url, "ws://host");
  return { traceparent: searchParams.get("traceparent"), tracestate: searchParams.get("tracestate") };
}

const providers = ({ tracerProvider, meterProvider }: TestSdk): Providers => ({ tracerProvider, meterProvider });

beforeAll(() => {
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
});
afterAll(() => propagation.disable());

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const one of undo.splice(0)) await one();
});

/** A client may say that its trace is not sampled. */
const sampler: Sampler = { shouldSample: () => ({ decision: SamplingDecision.RECORD_AND_SAMPLED }) };

/** Connects to a server with that option, and gives the identifiers of the server's span. */
async function serverWith(traceContext: unknown): Promise<(path: string, headers?: object) => Promise<object>> {
  const sdk = startSdk({ sampler });
  const module: WsModule = ws;
  const { server, url } = await listen(module);
  const observation = observeServer(server, { ...providers(sdk), traceContext } as ObserveOptions);
  undo.push(async () => {
    observation.stop();
    await shut(server);
  });
  let seen = 0;
  return async (path, headers = {}) => {
    const { client, peer } = await connect(module, server, url + path, { headers: { ...headers } });
    client.close();
    await closed(client, peer);
    const all = spans(await sdk.collect(), () => true);
    expect(all).toHaveLength((seen += 1));
    const { traceId, parentSpanId } = all.at(-1)!;
    return { traceId, parentSpanId };
  };
}

describe("traceContext", () => {
  test("puts a connection under the span that the application finds in its request", async () => {
    const connectTo = await serverWith(fromQuery);
    expect(await connectTo(query)).toEqual(IN_QUERY);
    expect(await connectTo(query, headers)).toEqual(IN_QUERY);
  });

  test.each([
    ["nothing", () => undefined],
    ["no context", () => ({ traceparent: null })],
    ["one that is not valid", () => ({ traceparent: `00-${"0".repeat(32)}-${IN_QUERY.parentSpanId}-01` })],
    ["no object", () => headers.traceparent],
    ["a promise", async () => ({ traceparent: headers.traceparent })],
    [
      "an exception",
      () => {
        throw new Error("no cookie");
      },
    ],
    [
      "what cannot be read",
      () => ({
        get traceparent() {
          throw new Error("no cookie");
        },
      }),
    ],
  ])("leaves it to the header fields where the function gives %s", async (_name, traceContext) => {
    vi.spyOn(diag, "error").mockImplementation(() => {});
    const connectTo = await serverWith(traceContext);
    expect(await connectTo(query, headers)).toEqual(IN_HEADER);
    const root = await connectTo(query);
    expect(root).toMatchObject({ traceId: expect.stringMatching(/^[\da-f]{32}$/) as string });
    expect(root).not.toEqual(expect.objectContaining({ traceId: IN_QUERY.traceId }));
  });

  test("takes no more than a valid context of what a client sends", { timeout: 30_000 }, async () => {
    const connectTo = await serverWith(fromQuery);
    const anything = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.stringMatching(/^[\da-f]{2}-[\da-f]{31,33}-[\da-f]{15,17}-[\da-f]{2}$/),
    );
    await fc.assert(
      fc.asyncProperty(anything, anything, async (traceparent, tracestate) => {
        const given = new URLSearchParams({ traceparent, tracestate });
        const [, traceId, parentSpanId] =
          /^(?!ff)[\da-f]{2}-((?!0{32})[\da-f]{32})-((?!0{16})[\da-f]{16})-[\da-f]{2}$/.exec(traceparent) ?? [];
        const span = await connectTo(`/chat?${given.toString()}`);
        const root = { traceId: expect.stringMatching(/^[\da-f]{32}$/) as string, parentSpanId: "" };
        expect(span).toEqual(traceId === undefined ? root : { traceId, parentSpanId });
      }),
      { numRuns: 60 },
    );
  });

  test("is not asked where there are no spans", async () => {
    const sdk = startSdk();
    const { server, url } = await listen(ws);
    const traceContext = vi.fn<() => undefined>();
    const observation = observeServer(server, { ...providers(sdk), traceContext, connectionSpan: { mode: "off" } });
    undo.push(async () => {
      observation.stop();
      await shut(server);
    });
    const { client, peer } = await connect(ws, server, url);
    client.close();
    await closed(client, peer);
    expect(traceContext).not.toHaveBeenCalled();
  });
});
