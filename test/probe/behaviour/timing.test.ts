import { describe, expect, test } from "vitest";
import type { Findings } from "../../../src/probe/run.ts";
import type { ProbePhase } from "../../../src/probe/types.ts";
import { resolvable } from "../servers/dns.ts";
import { delayed } from "../servers/front.ts";
import { late, pongLate } from "../servers/messages.ts";
import { peerServer } from "../servers/peer.ts";
import { proxy, tunnel } from "../servers/proxies.ts";
import { certificateFile, secure } from "../servers/tls.ts";
import { check, durations } from "./check.ts";
import { use } from "./use.ts";

/** Node.js's timers may be this early, in milliseconds. */
const EARLY = 1;
/** What measuring may add; of several runs, because this machine may have other things to do. */
const LATE = 5;
const RUNS = 10;

/**
 * What a phase takes above the delay that it has and what it takes by `own`, in milliseconds: the best of several runs, of
 * which none may be below the delay, and one has little in the phases around it.
 */
async function surplus(phase: ProbePhase, delay: number, visit: () => Promise<Findings>, own = 0): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  let rest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS && (least > LATE || rest > delay / 2); run += 1) {
    const findings = await visit();
    expect(findings.error).toBeUndefined();
    const [took = Number.NaN] = durations(findings, phase);
    expect(took).toBeGreaterThanOrEqual(delay - EARLY);
    least = Math.min(least, took - delay - own);
    rest = Math.min(rest, findings.duration * 1000 - took);
  }
  expect(rest).toBeLessThanOrEqual(delay / 2);
  return least;
}

describe("a delay shows in the phase in which it is, to 5 ms", () => {
  test("dns: the DNS server answers late", async () => {
    const { url, extras } = await use(resolvable(60));
    const visit = async (): Promise<Findings> => check({ url, resolver: extras?.resolver, proxy: false });
    expect(await surplus("dns", 60, visit)).toBeLessThanOrEqual(LATE);
  });

  test("connect: the proxy opens its tunnel late", async () => {
    const { url } = await use(peerServer({}));
    const way = await use(proxy(tunnel(50)));
    const visit = async (): Promise<Findings> => check({ url, proxy: way.url });
    expect(await surplus("connect", 50, visit)).toBeLessThanOrEqual(LATE);
  });

  test("tls: the server's part of the handshake is late", async () => {
    const tls = { caFile: certificateFile("ca.pem") };
    const prompt = await use(secure("good")());
    const owns: number[] = [];
    for (let run = 0; run < 5; run += 1)
      owns.push(...durations(await check({ url: prompt.url, tls, proxy: false }), "tls"));
    const own = Math.min(...owns);
    const { url } = await use(delayed(await secure("good")(), [70]));
    const visit = async (): Promise<Findings> => check({ url, tls, proxy: false });
    expect(await surplus("tls", 70, visit, own)).toBeLessThanOrEqual(LATE);
  });

  test("upgrade: the response is late", async () => {
    const { url } = await use(delayed(await peerServer({}), [50]));
    const visit = async (): Promise<Findings> => check({ url, proxy: false });
    expect(await surplus("upgrade", 50, visit)).toBeLessThanOrEqual(LATE);
  });

  test("message: the pong is late", async () => {
    const { url } = await use(pongLate(40)());
    const visit = async (): Promise<Findings> => check({ url, proxy: false });
    expect(await surplus("message", 40, visit)).toBeLessThanOrEqual(LATE);
  });

  test("message: the answer is late, whatever came before it", async () => {
    const { url } = await use(late(40)());
    const steps = [{ send: "hello" }, { expect: { text: "hello" } }];
    const visit = async (): Promise<Findings> => check({ url, steps, proxy: false });
    expect(await surplus("message", 40, visit)).toBeLessThanOrEqual(LATE);
  });

  test("message: the way of a ping is long", async () => {
    const { url } = await use(delayed(await peerServer({}), [0, 50]));
    const visit = async (): Promise<Findings> => check({ url, proxy: false });
    expect(await surplus("message", 50, visit)).toBeLessThanOrEqual(LATE);
  });

  test("close: the answer to the close frame is late", async () => {
    const { url } = await use(delayed(await peerServer({}), [0, 0, 50]));
    const visit = async (): Promise<Findings> => check({ url, proxy: false });
    expect(await surplus("close", 50, visit)).toBeLessThanOrEqual(LATE);
  });
});

test("all phases of one run are measured at once, and are no more than the run", async () => {
  const delays = { tls: 40, upgrade: 0, message: 30 };
  const server = await secure("good", {}, { ping: ({ send }, payload) => setTimeout(() => send(10, payload), 30) })();
  const { url } = await use(delayed(server, [40]));
  const way = await use(proxy(tunnel(20)));
  const findings = await check({ url, tls: { caFile: certificateFile("ca.pem") }, proxy: way.url });
  expect(findings.phases.map(({ phase }) => phase)).toEqual(["connect", "tls", "upgrade", "message", "close"]);
  for (const [phase, delay] of [["connect", 20], ...Object.entries(delays)] as [ProbePhase, number][]) {
    expect(durations(findings, phase)[0]).toBeGreaterThanOrEqual(delay - EARLY);
  }
  const sum = findings.phases.reduce((total, { duration }) => total + duration, 0);
  expect(sum).toBeLessThanOrEqual(findings.duration);
});

test("a round trip over the limit is degraded, and one below it is not", async () => {
  const { url } = await use(pongLate(60)());
  const slow = await check({ url, maxRoundTrip: 30, proxy: false });
  expect(slow).toMatchObject({ result: "degraded", error: { type: "slow_round_trip", phase: "message" } });
  expect(slow.error!.message).toMatch(/^a round trip \(ping\) took \d+ ms, more than 30 ms$/);
  expect((await check({ url, maxRoundTrip: 2000, proxy: false })).result).toBe("up");
});
