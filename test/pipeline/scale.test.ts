import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Collector } from "./support/collector.ts";
import { eventually, reaches } from "./support/eventually.ts";
import { Jaeger } from "./support/jaeger.ts";
import { sendCounter, sendSpans } from "./support/otlp.ts";
import { removeServers } from "./support/server.ts";

/** Spans a second, each a trace of its own; every tenth is one to keep. */
const RATE = 500;
const KEPT = 10;
const DECISION_WAIT = 2;
/** The sampler decides once a second; a span is that much longer in it at most. */
const TICK = 1;
/** Batches and queues between the agent and a gateway's sampler. */
const TRANSIT = 1;

let jaeger: Jaeger;
let gateways: [Collector, Collector];
let agent: Collector;
let loadbalancer: Collector;

beforeAll(async () => {
  jaeger = await Jaeger.create();
  await jaeger.start();
  const switches = {
    OTELCOL_TRACES_TO: "[otlp_grpc/jaeger]",
    JAEGER_ENDPOINT: jaeger.grpc,
    OTELCOL_SAMPLING_PERCENTAGE: "100",
    OTELCOL_DECISION_WAIT: `${DECISION_WAIT}s`,
  };
  gateways = [await Collector.create(switches, "gateway"), await Collector.create(switches, "gateway")];
  const list = `[${gateways.map(({ grpc }) => grpc).join(", ")}]`;
  loadbalancer = await Collector.create({ OTELCOL_GATEWAYS: list }, "loadbalancer");
  agent = await Collector.create({ OTELCOL_NEXT: loadbalancer.grpc }, "agent");
  await Promise.all([...gateways, loadbalancer, agent].map((server) => server.start()));
});
afterAll(removeServers);

/** The instances of a service that a gateway has metrics of. */
async function instancesAt({ scrape }: Collector): Promise<string[]> {
  const exposed = await (await fetch(`http://${scrape}/metrics`)).text();
  return [...exposed.matchAll(/^test_counter_total\{.*instance="([^"]+)"/gm)].map(([, instance]) => instance ?? "");
}

test("all metrics of a service instance reach one and the same gateway", async () => {
  const instances = Array.from({ length: 40 }, (_, index) => `instance-${index}`);
  for (let round = 1; round <= 5; round += 1) await sendCounter(agent.otlp, "chat", instances, round);

  const [first, second] = await eventually(async () => {
    const found = await Promise.all(gateways.map((gateway) => instancesAt(gateway)));
    expect(found.flat().sort()).toEqual(instances.toSorted());
    return found;
  });
  expect(first?.length).toBeGreaterThan(0);
  expect(second?.length).toBeGreaterThan(0);
});

interface Outcome {
  readonly sent: number;
  /** Numbers of the spans that did not arrive in Jaeger. */
  readonly lost: readonly number[];
  /** Part of the spans that the gateway in question had got before it ended. */
  readonly share: number;
}

/** Sends spans, ends one of the gateways in the middle, starts it again, and looks for the spans in Jaeger. */
async function endGateway(service: string, signal: "SIGTERM" | "SIGKILL"): Promise<Outcome> {
  const [other, ended] = gateways;
  const delivered = await loadbalancer.own("otelcol_exporter_sent_spans");
  const before = await Promise.all([accepted(other), accepted(ended)]);
  const started = performance.now();
  let sent = 0;
  const sendFor = async (seconds: number): Promise<void> => {
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      const due = Math.floor(((performance.now() - started) / 1000) * RATE) - sent;
      const spans = Array.from({ length: due }, (_, index) => ({
        name: `span ${sent + index}`,
        attributes: (sent + index) % KEPT === 0 ? { "sampling.keep": "test" } : {},
      }));
      if (due > 0) await sendSpans(agent.otlp, service, spans);
      sent += due;
      await delay(50);
    }
  };

  await sendFor(4);
  const after = await Promise.all([accepted(other), accepted(ended)]);
  await ended.end(signal);
  await sendFor(3);
  await ended.start();
  await sendFor(2);

  // Everything has left the load balancer for a gateway, and the gateways have decided it and sent it on.
  await reaches(() => loadbalancer.own("otelcol_exporter_sent_spans"), delivered + sent);
  for (const gateway of gateways) {
    await reaches(() => gateway.own("otelcol_processor_tail_sampling_sampling_traces_on_memory"), 0);
    await reaches(() => gateway.own("otelcol_exporter_queue_size"), 0);
  }
  const arrived = new Set((await jaeger.spans(service)).map(({ name }) => name));
  const lost = Array.from({ length: sent }, (_, number) => number).filter((number) => !arrived.has(`span ${number}`));
  const [others, its] = [after[0] - before[0], after[1] - before[1]];
  return { sent, lost, share: its / (others + its) };
}

test("a gateway that is stopped and started again loses nothing", async () => {
  const { sent, lost } = await endGateway("stopped", "SIGTERM");
  expect(sent).toBeGreaterThan(RATE * 8);
  expect(lost).toEqual([]);
});

test("a gateway that is killed loses no more than its sampler held, and nothing that is to be kept", async () => {
  const { sent, lost, share } = await endGateway("killed", "SIGKILL");
  const bound = (DECISION_WAIT + TICK + TRANSIT) * RATE * share;
  console.log(
    `gateway killed: of ${sent} spans ${lost.length} lost; the bound is ${Math.ceil(bound)}: ` +
      `${DECISION_WAIT + TICK + TRANSIT} s of ${RATE} spans/s, of which it had ${Math.round(share * 100)} %`,
  );
  expect(sent).toBeGreaterThan(RATE * 8);
  expect(lost.length).toBeLessThanOrEqual(bound);
  // Otherwise the sampler held nothing, and this shows nothing.
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.filter((number) => number % KEPT === 0)).toEqual([]);
});

function accepted(gateway: Collector): Promise<number> {
  return gateway.own("otelcol_receiver_accepted_spans");
}
