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

test("a gateway that is killed and started again loses no more than its sampler held, and nothing that is to be kept", async () => {
  const [, killed] = gateways;
  const names: string[] = [];
  const started = performance.now();
  const sendFor = async (seconds: number): Promise<void> => {
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      const due = Math.floor(((performance.now() - started) / 1000) * RATE) - names.length;
      const spans = Array.from({ length: due }, (_, index) => {
        const kept = (names.length + index) % KEPT === 0;
        return { name: `span ${names.length + index}`, ...(kept && { attributes: { "sampling.keep": "test" } }) };
      });
      if (due > 0) await sendSpans(agent.otlp, "scale", spans);
      names.push(...spans.map(({ name }) => name));
      await delay(50);
    }
  };

  await sendFor(5);
  const [mine, all] = await Promise.all([accepted(killed), Promise.all(gateways.map((gateway) => accepted(gateway)))]);
  const share = mine / all.reduce((sum, count) => sum + count, 0);
  await killed.end("SIGKILL");
  await sendFor(3);
  await killed.start();
  await sendFor(3);

  // Everything has left the load balancer for a gateway, and the gateways have decided it and sent it on.
  await reaches(() => loadbalancer.own("otelcol_exporter_sent_spans"), names.length);
  for (const gateway of gateways) {
    await reaches(() => gateway.own("otelcol_processor_tail_sampling_sampling_traces_on_memory"), 0);
    await reaches(() => gateway.own("otelcol_exporter_queue_size"), 0);
  }
  const arrived = new Set((await jaeger.spans("scale")).map(({ name }) => name));
  const lost = names.filter((name) => !arrived.has(name));
  const bound = (DECISION_WAIT + TICK + TRANSIT) * RATE * share;
  console.log(
    `gateway killed: of ${names.length} spans ${lost.length} lost; the bound is ${Math.ceil(bound)}: ` +
      `${DECISION_WAIT + TICK + TRANSIT} s of ${RATE} spans/s, of which it had ${Math.round(share * 100)} %`,
  );
  expect(names.length).toBeGreaterThan(RATE * 10);
  expect(lost.length).toBeLessThanOrEqual(bound);
  // Otherwise the sampler held nothing, and this shows nothing.
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.filter((name) => Number(name.split(" ")[1]) % KEPT === 0)).toEqual([]);
});

function accepted(gateway: Collector): Promise<number> {
  return gateway.own("otelcol_receiver_accepted_spans");
}
