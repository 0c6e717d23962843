import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { SpanStatusCode } from "@opentelemetry/api";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, test } from "vitest";
import type { Telemetry } from "../../src/viewer/otlp.ts";
import type { Receiver, ReceiverOptions } from "../../src/viewer/receiver.ts";
import { startReceiver } from "../../src/viewer/receiver.ts";
import { binarySchema } from "../../src/viewer/schema.ts";
import { exporters } from "../support/exporters.ts";
import { spans } from "../support/query.ts";

let receiver: Receiver | undefined;
const received: Telemetry[] = [];
afterEach(async () => {
  await receiver?.close();
  received.length = 0;
});

async function start(options: Partial<ReceiverOptions> = {}): Promise<Receiver> {
  receiver = await startReceiver({ onTelemetry: (telemetry) => received.push(telemetry), ...options });
  return receiver;
}

const json = { "content-type": "application/json" };
const protobuf = { "content-type": "application/x-protobuf" };
const empty = '{"resourceSpans":[]}';

test("spans arrive from a batch processor that is shut down", async () => {
  const { url } = await start();
  const exporter = new exporters.protobuf.traces({ url: `${url}/v1/traces`, compression: "gzip" });
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  for (let index = 0; index < 3; index += 1) {
    provider.getTracer("test").startSpan(`span ${index}`).setStatus({ code: SpanStatusCode.OK }).end();
  }
  await provider.shutdown();
  expect(received.flatMap((telemetry) => spans(telemetry)).map(({ name }) => name)).toEqual([
    "span 0",
    "span 1",
    "span 2",
  ]);
});

describe("a success is answered in the content type of the request", () => {
  test("JSON", async () => {
    const { url } = await start();
    const headers = { "content-type": "application/json; charset=utf-8" };
    const response = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: empty });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe("{}");
    expect(received).toEqual([{ resourceSpans: [] }]);
  });

  test("protobuf", async () => {
    const { url } = await start();
    const response = await fetch(`${url}/v1/logs`, { method: "POST", headers: protobuf, body: new Uint8Array() });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-protobuf");
    expect(await response.arrayBuffer()).toHaveProperty("byteLength", 0);
    expect(received).toEqual([{ resourceLogs: [] }]);
  });
});

describe("a request is refused", () => {
  test.each([
    [405, "/v1/traces", { method: "GET" }, "accepts POST, got GET"],
    [404, "/v1/profiles", { method: "POST", headers: json, body: "{}" }, "unknown path /v1/profiles"],
    [404, "/constructor", { method: "POST", headers: json, body: "{}" }, "unknown path"],
    [415, "/v1/traces", { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" }, "got text/plain"],
    [415, "/v1/traces", { method: "POST", headers: { ...json, "content-encoding": "br" }, body: "{}" }, "got br"],
    [400, "/v1/traces", { method: "POST", headers: json, body: "{" }, "not an OTLP traces request in json"],
    [
      400,
      "/v1/metrics",
      { method: "POST", headers: { ...json, "content-encoding": "gzip" }, body: "{}" },
      "not valid gzip",
    ],
  ])("with %i for %s", async (status, path, init, message) => {
    const { url } = await start();
    const response = await fetch(`${url}${path}`, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: 3, message: expect.stringContaining(message) });
    expect(response.headers.get("allow")).toBe(status === 405 ? "POST" : null);
    expect(received).toEqual([]);
  });

  test("with a google.rpc.Status in protobuf where the request is protobuf", async () => {
    const { url } = await start();
    const response = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: protobuf,
      body: Uint8Array.of(0x0a, 0x7f),
    });
    expect(response.status).toBe(400);
    const status = binarySchema.lookupType("RpcStatus").decode(new Uint8Array(await response.arrayBuffer()));
    expect(status).toMatchObject({
      code: 3,
      message: expect.stringContaining("not an OTLP traces request in protobuf"),
    });
  });

  test("with 500 where the consumer throws, and the next is served", async () => {
    let fail = true;
    const { url } = await start({
      onTelemetry: (telemetry) => {
        if (fail) throw new Error("consumer failed");
        received.push(telemetry);
      },
    });
    const post = (): Promise<Response> => fetch(`${url}/v1/traces`, { method: "POST", headers: json, body: empty });
    const failed = await post();
    expect(failed.status).toBe(500);
    expect(await failed.json()).toEqual({ code: 13, message: "consumer failed" });
    fail = false;
    expect((await post()).status).toBe(200);
    expect(received).toHaveLength(1);
  });
});

describe("a body beyond the limit is refused with 413", () => {
  const large = JSON.stringify({ padding: "x".repeat(100_000) });

  test.each([
    ["plain", large, json],
    ["compressed to less", gzipSync(large), { ...json, "content-encoding": "gzip" }],
  ])("%s", async (_, body, headers) => {
    const { url } = await start({ bodyLimit: 50_000 });
    const response = await fetch(`${url}/v1/traces`, { method: "POST", headers, body });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ message: "the body is larger than 50000 bytes" });
  });

  test("and one at the limit is not", async () => {
    const { url } = await start({ bodyLimit: large.length });
    expect((await fetch(`${url}/v1/traces`, { method: "POST", headers: json, body: large })).status).toBe(200);
  });
});

test("a sender that breaks off in the middle of a body leaves the receiver working", async () => {
  const { url } = await start();
  await new Promise<void>((resolve) => {
    const broken = request(`${url}/v1/traces`, { method: "POST", headers: { ...json, "content-length": 1000 } });
    broken.once("error", () => resolve());
    broken.once("socket", (socket) =>
      socket.once("connect", () => broken.write("{", () => broken.destroy(new Error()))),
    );
  });
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers: json, body: empty })).status).toBe(200);
  expect(received).toHaveLength(1);
});

test("closing does not wait for a sender that never finishes its body", { timeout: 8000 }, async () => {
  const stalled = await start();
  const stuck = request(`${stalled.url}/v1/traces`, { method: "POST", headers: { ...json, "content-length": 1000 } });
  const failed = new Promise<NodeJS.ErrnoException>((resolve) => stuck.once("error", resolve));
  stuck.write("{");
  await new Promise((resolve) => stuck.once("socket", (socket) => socket.once("connect", resolve)));
  await stalled.close();
  expect((await failed).code).toBe("ECONNRESET");
  receiver = undefined;
});

test("a port that is taken rejects the start", async () => {
  const { url } = await start();
  await expect(startReceiver({ port: Number(new URL(url).port), onTelemetry: () => {} })).rejects.toThrow("EADDRINUSE");
});

test("the address of an IPv6 host is written in brackets", async () => {
  const { url } = await start({ host: "::1" });
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
});
