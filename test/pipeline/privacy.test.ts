import { afterAll, beforeAll, expect, test } from "vitest";
import { Collector } from "./support/collector.ts";
import { eventually } from "./support/eventually.ts";
import { Jaeger } from "./support/jaeger.ts";
import { sendSpans } from "./support/otlp.ts";
import { removeServers } from "./support/server.ts";

/** Addresses as they may stand in a span, and what is to be left of them; nothing where that is undefined. */
const TRUNCATED: Record<string, string | undefined> = {
  "203.0.113.7": "203.0.113.0",
  "10.0.0.0": "10.0.0.0",
  "::ffff:203.0.113.7": "::ffff:203.0.113.0",
  "2001:db8:85a3:8d3:1319:8a2e:370:7348": "2001:db8:85a3::",
  "2001:DB8:85A3::7348": "2001:DB8:85A3::",
  "2001:db8::7": "2001:db8::",
  "2001::85a3:7:8": "2001::",
  "::1": "::",
  "::ffff:cb00:7107": "::",
  "fe80::1%eth0": undefined,
  "203.0.113.7:4711": undefined,
  "[2001:db8::7]:4711": undefined,
  "203.0.113.7, 10.0.0.1": undefined,
  "ann-laptop.example.com": undefined,
  _hidden: undefined,
  unknown: undefined,
  "/run/ann.sock": undefined,
};
const ADDRESSES = Object.keys(TRUNCATED);

let jaeger: Jaeger;
beforeAll(async () => {
  jaeger = await Jaeger.create();
  await jaeger.start();
});
afterAll(removeServers);

test.each([
  ["truncate", (address: string) => TRUNCATED[address], undefined],
  ["drop", () => undefined, undefined],
  ["keep", (address: string) => address, 4711],
  // Wrong, so the cautious thing is done.
  ["trunkate", () => undefined, undefined],
] as const)("OTELCOL_ADDRESSES=%s", async (mode, left, port) => {
  const collector = await Collector.create({
    OTELCOL_TRACES_TO: "[otlp_grpc/jaeger]",
    JAEGER_ENDPOINT: jaeger.grpc,
    OTELCOL_ADDRESSES: mode,
  });
  await collector.start();
  const spans = ADDRESSES.map((address) => ({
    name: address,
    attributes: {
      "client.address": address,
      "client.port": 4711,
      "network.peer.address": address,
      "network.peer.port": 4711,
      "sampling.keep": "test",
    },
  }));
  await sendSpans(collector.otlp, mode, spans);

  const found = await eventually(async () => {
    const arrived = await jaeger.spans(mode);
    expect(arrived).toHaveLength(spans.length);
    return arrived;
  });
  for (const attribute of ["client.address", "network.peer.address"]) {
    const actual = Object.fromEntries(found.map(({ name, tags }) => [name, tags[attribute]]));
    expect(actual).toEqual(Object.fromEntries(ADDRESSES.map((address) => [address, left(address)])));
  }
  for (const span of found) {
    expect([span.tags["client.port"], span.tags["network.peer.port"]]).toEqual([port, port]);
  }
});
