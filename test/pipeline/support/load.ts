import { Agent, createServer, request } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { binarySchema } from "../../../src/viewer/schema.ts";

/** What `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` is by default. */
const SPANS_PER_REQUEST = 512;
const IN_FLIGHT = 4;
/** Begins every trace id of the encoded request; the rest is written for each request. */
const MARK = Buffer.from("a trace id: ");

/** A request that can be sent many times, and is something new each time. */
export interface Payload {
  readonly path: string;
  /** Spans or data points in a request. */
  readonly items: number;
  next(): Buffer;
}

/** Connection spans as the package sends them, each a trace of its own. */
export function connectionSpans(): Payload {
  const end = BigInt(Date.now()) * 1_000_000n;
  const spans = Array.from({ length: SPANS_PER_REQUEST }, (_, index) => ({
    traceId: Buffer.concat([MARK, uint32(index)]),
    spanId: Buffer.concat([Buffer.from("span"), uint32(index)]),
    name: "websocket /chat",
    kind: 2,
    startTimeUnixNano: String(end - 60_000_000_000n),
    endTimeUnixNano: String(end),
    attributes: keyValues(CONNECTION),
  }));
  const body = encode("ExportTraceServiceRequest", {
    resourceSpans: [{ resource: { attributes: keyValues(RESOURCE) }, scopeSpans: [{ spans }] }],
  });
  const places: number[] = [];
  for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at + 1)) places.push(at + MARK.length);
  let trace = 0;
  return {
    path: "/v1/traces",
    items: SPANS_PER_REQUEST,
    next() {
      const copy = Buffer.from(body);
      for (const place of places) copy.writeUInt32BE((trace += 1), place);
      return copy;
    },
  };
}

/** Exports of instances of a service, `points` data points each, a different instance each time. */
export function instanceMetrics(points: number, instances: number): Payload {
  const bodies = Array.from({ length: instances }, (_, instance) => {
    const resource = { attributes: keyValues({ ...RESOURCE, "service.instance.id": `instance-${instance}` }) };
    const dataPoints = Array.from({ length: points }, (_, series) => ({
      attributes: keyValues({
        "http.route": `/route/${series}`,
        "url.scheme": "wss",
        "websocket.message.type": "text",
      }),
      startTimeUnixNano: "1",
      timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
      asInt: "1000",
    }));
    const sum = { dataPoints, aggregationTemporality: 2, isMonotonic: true };
    return encode("ExportMetricsServiceRequest", {
      resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: "websocket.server.messages", sum }] }] }],
    });
  });
  let turn = 0;
  return { path: "/v1/metrics", items: points, next: () => bodies[(turn += 1) % instances]! };
}

/** Sends as fast as it is taken, for some seconds; resolves with how many items were. */
export async function flood(otlp: string, payload: Payload, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const until = performance.now() + seconds * 1000;
  let taken = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const status = await post(agent, `${otlp}${payload.path}`, payload.next());
      // 429 and 503 are how a Collector slows down its senders.
      if (status === 200) taken += payload.items;
      else if (status !== 429 && status !== 503) throw new Error(`the Collector answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  agent.destroy();
  return taken;
}

/** A backend that takes everything and keeps nothing, so that only the Collector is measured. */
export async function startSink(): Promise<{ url: string; close(): void }> {
  const server = createServer((message, response) => {
    message.resume().once("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const RESOURCE = {
  "service.name": "chat",
  "service.instance.id": "0f8c2f5e-52a4-4d0b-9f7e-6b1c2d3a4e5f",
  "telemetry.sdk.name": "opentelemetry",
  "telemetry.sdk.language": "nodejs",
  "telemetry.sdk.version": "3.1.0",
  "host.name": "chat-7d9c5b6f4-x2x7p",
};

const CONNECTION = {
  "network.protocol.name": "websocket",
  "network.protocol.version": "13",
  "network.transport": "tcp",
  "network.type": "ipv4",
  "network.peer.address": "203.0.113.7",
  "network.peer.port": 52_711,
  "client.address": "203.0.113.7",
  "server.address": "chat.example.com",
  "server.port": 443,
  "url.scheme": "wss",
  "url.path": "/chat",
  "http.route": "/chat",
  "http.response.status_code": 101,
  "user_agent.original":
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
  "websocket.connection.id": "0f8c2f5e-52a4-4d0b-9f7e-6b1c2d3a4e5f",
  "websocket.compression": "none",
  "websocket.close.code": 1000,
  "websocket.close.class": "normal",
  "websocket.close.initiator": "client",
  "websocket.connection.messages_sent": 1284,
  "websocket.connection.messages_received": 37,
  "websocket.connection.bytes_sent": 482_133,
  "websocket.connection.bytes_received": 9120,
  "websocket.connection.max_buffered_amount": 0,
};

function keyValues(attributes: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
  }));
}

function encode(type: string, message: object): Buffer {
  const schema = binarySchema.lookupType(type);
  return Buffer.from(schema.encode(schema.fromObject(message)).finish());
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function post(agent: Agent, url: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-protobuf", "content-length": body.length };
    const sent = request(url, { agent, method: "POST", headers }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    });
    sent.once("error", reject).end(body);
  });
}
