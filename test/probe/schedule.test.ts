import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { startProbes } from "../../src/probe/index.ts";
import type { CheckId, ProbeResult, ProbeTarget, ScheduleOptions } from "../../src/probe/index.ts";

const servers: WebSocketServer[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

/** A server that accepts each upgrade after `delay` milliseconds, and tells which paths are being visited. */
async function listen(
  delay: number = 0,
): Promise<{ url: string; most: () => number; visits: { path: string; at: number }[] }> {
  const visits: { path: string; at: number }[] = [];
  let open = 0;
  let most = 0;
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    verifyClient: ({ req }, accept) => {
      visits.push({ path: req.url ?? "", at: performance.now() });
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => accept(true), delay);
    },
  });
  servers.push(server);
  server.on("connection", (socket) => socket.on("close", () => (open -= 1)));
  await once(server, "listening");
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, most: () => most, visits };
}

function targets(url: string, names: readonly string[], more: Partial<ProbeTarget> = {}): ProbeTarget[] {
  return names.map((name) => ({ ...more, url: `${url}/${name}`, name }));
}

describe("targets are checked again and again", () => {
  // A machine that stalls for an interval misses runs, and has to.
  test("each `count` times, spread over the interval and without drift", { retry: 2 }, async () => {
    const { url, visits } = await listen();
    const results: ProbeResult[] = [];
    const names = ["a", "b", "c", "d"];
    await startProbes(targets(url, names), { interval: 400, count: 3, onResult: (result) => results.push(result) })
      .done;
    expect(results.map(({ result }) => result)).toEqual(Array.from({ length: 12 }, () => "up"));
    for (const name of names) expect(results.filter((result) => result.name === name)).toHaveLength(3);
    // In turn, and no two of them at once.
    expect(visits.map(({ path }) => path)).toEqual(Array.from({ length: 12 }, (_, index) => `/${names[index % 4]}`));
    const [first, last] = [visits[0]!.at, visits[11]!.at];
    expect(last - first).toBeGreaterThan(900);
    expect(last - first).toBeLessThan(1600);
  });

  test("no more of them at once than `concurrency`", async () => {
    const { url, most } = await listen(60);
    const missed = vi.fn<(check: CheckId) => void>();
    const options = { interval: 2000, count: 1, concurrency: 2, onMissed: missed };
    const { done } = startProbes(targets(url, ["a", "b", "c", "d", "e", "f", "g", "h"]), { ...options, interval: 200 });
    await done;
    expect(most()).toBe(2);
    expect(missed).not.toHaveBeenCalled();
  });

  test("a run that would overlap the one before it is left out and told", async () => {
    const { url, most, visits } = await listen(250);
    const missed: string[] = [];
    const results: ProbeResult[] = [];
    const { done } = startProbes(targets(url, ["slow"]), {
      interval: 100,
      count: 6,
      onMissed: ({ name }) => missed.push(name),
      onResult: (result) => results.push(result),
    });
    await done;
    expect(most()).toBe(1);
    expect(new Set(missed)).toEqual(new Set(["slow"]));
    expect(missed.length + results.length).toBe(6);
    expect(missed.length).toBeGreaterThanOrEqual(3);
    expect(visits).toHaveLength(results.length);
  });

  test("until they are stopped; runs that go on end as aborted", async () => {
    const { url, visits } = await listen(60_000);
    const results: ProbeResult[] = [];
    const running = startProbes(targets(url, ["a", "b"]), {
      interval: 100,
      onResult: (result) => results.push(result),
    });
    await vi.waitFor(() => expect(visits.length).toBe(2));
    await running.stop();
    await running.done;
    expect(results.map(({ error }) => error?.type)).toEqual(["aborted", "aborted"]);
    expect(visits).toHaveLength(2);
  });

  test("a callback that throws changes nothing", async () => {
    const { url, visits } = await listen();
    const onResult = (): never => {
      throw new Error("the caller's own");
    };
    await startProbes(targets(url, ["a"]), { interval: 100, count: 2, onResult }).done;
    expect(visits).toHaveLength(2);
  });
});

describe("what is wrong is said", () => {
  const good = [{ url: "ws://127.0.0.1:1" }];
  test.each<[string, readonly ProbeTarget[], ScheduleOptions, string]>([
    [
      "no interval",
      good,
      {} as ScheduleOptions,
      '"interval": expected milliseconds from 100 to 604800000, got undefined',
    ],
    ["a short interval", good, { interval: 99 }, '"interval": expected milliseconds from 100 to 604800000, got 99'],
    ["no targets", [], { interval: 1000 }, '"targets": expected at least one target, got an empty array'],
    ["two of a name", [...good, ...good], { interval: 1000 }, '"targets": expected a different name for each'],
    ["concurrency", good, { interval: 1000, concurrency: 0 }, '"concurrency": expected a whole number from 1 to 1000'],
    ["an empty location", good, { interval: 1000, location: " " }, '"location": expected a non-empty string'],
    ["a callback", good, { interval: 1000, onResult: 1 as never }, '"onResult": expected a function, got 1'],
  ])("%s", (_what, list, options, message) => {
    expect(() => startProbes(list, options)).toThrow(message);
  });
});
