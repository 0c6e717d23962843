/** Opens and closes connections with everything switched on; prints what is left of them. Needs `--expose-gc`. */
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { WebSocketServer } from "ws";
import { WebSocketMetricProducer, getConnection, observeServer } from "../../src/index.ts";
import { clientFrame } from "./raw.ts";
import { connectPeer } from "./memory-peer.ts";

const AT_ONCE = 500;
const connections = Number(process.argv[2]);

class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const metricProducers: WebSocketMetricProducer[] = [];
const reader = new ManualReader({ metricProducers });
const meterProvider = new MeterProvider({ readers: [reader] });
metricProducers.push(new WebSocketMetricProducer({ meterProvider }));
const server = new WebSocketServer({ noServer: true });
let round = 0;
const application = {
  create: (): string => "beat",
  match: (m: unknown): boolean => String(m) === "ack",
  consume: true,
};
observeServer(server, {
  meterProvider,
  connectionSpan: { mode: "off" },
  heartbeat: { interval: 1000, timeout: 500, application },
  processingTime: true,
  sendTime: true,
  capacity: 1000,
  slowConsumer: { bytes: 1, duration: 1 },
});

async function churn(count: number): Promise<void> {
  for (let done = 0; done < count; done += AT_ONCE) {
    const closed = Array.from({ length: AT_ONCE }, () => one());
    // Connections with a backlog, a pending ping and a pending acknowledgement are swept while they are open.
    if ((round += 1) % 20 === 0) await reader.collect();
    await Promise.all(closed.map((end) => end()));
  }
}

function one(): () => Promise<void> {
  const { peer, socket } = connectPeer(server);
  socket.ping("answered");
  peer.answer(true);
  socket.ping("pending");
  const connection = getConnection(socket)!;
  connection.expectAck("came");
  connection.ack("came");
  connection.expectAck("pending");
  connection.recordLatency(5);
  peer.emit("data", clientFrame(1, "hello"));
  socket.send("hello", () => {});
  return async () => {
    const gone = new Promise<void>((resolve) => void socket.once("close", () => resolve()));
    peer.leave();
    await gone;
  };
}

async function heap(): Promise<number> {
  for (let pass = 0; pass < 4; pass += 1) {
    globalThis.gc!();
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}

await churn(20_000);
await reader.collect();
const before = await heap();
await churn(connections);
const { resourceMetrics } = await reader.collect();
const growth = (await heap()) - before;
const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
const series = metrics.reduce((sum, metric) => sum + metric.dataPoints.length, 0);
console.log(JSON.stringify({ growth, timers, series, open: server.clients.size }));
