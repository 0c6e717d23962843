import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check, leftOpen, openHandles, startServers } from "./check.ts";
import type { ServerProcess } from "./check.ts";
import { targetOf } from "./misbehaviours.ts";

let running: ServerProcess;
beforeAll(async () => {
  running = await startServers();
});
afterAll(async () => running.stop());

describe("a run that is stopped", () => {
  test.each([
    ["dns_silent", "dns"],
    ["backlog_full", "connect"],
    ["proxy_hang", "connect"],
    ["tls_hang", "tls"],
    ["upgrade_hang", "upgrade"],
    ["upgrade_drip", "upgrade"],
    ["pong_never", "message"],
    ["answer_none", "message"],
    ["message_flood", "message"],
    ["close_not_coming", "message"],
    ["close_unanswered", "close"],
  ])("in the middle of %s is aborted in %s at once, and leaves nothing behind", async (name, phase) => {
    const before = openHandles();
    const stop = new AbortController();
    const visit = check({ ...targetOf(name, running.places), timeout: 10_000 }, { signal: stop.signal });
    // Nothing tells from outside that the phase has begun; all before it takes a few milliseconds.
    await new Promise((resolve) => void setTimeout(resolve, 250));
    const stopped = performance.now();
    stop.abort();
    const findings = await visit;
    expect(performance.now() - stopped).toBeLessThan(500);
    expect(findings).toMatchObject({ result: "down", error: { type: "aborted", phase } });
    expect(findings.phases.at(-1)?.phase).toMatch(new RegExp(`^(${phase}|close)$`));
    expect(await leftOpen(before)).toEqual([]);
  });

  test("before it has begun does nothing", async () => {
    const findings = await check({ url: running.places.good!, proxy: false }, { signal: AbortSignal.abort() });
    expect(findings).toMatchObject({ result: "down", error: { type: "aborted" }, phases: [] });
  });

  test("after it has ended is what it was", async () => {
    const stop = new AbortController();
    const findings = await check({ url: running.places.good!, proxy: false }, { signal: stop.signal });
    stop.abort();
    expect(findings.result).toBe("up");
  });
});

test("what is wrong with the check itself is `_OTHER`, before anything is sent", async () => {
  const target = { url: running.places.good!, bearer: { env: "PROBE_TEST_UNSET" }, proxy: false } as const;
  const { result, error, phases } = await check(target);
  expect({ result, type: error?.type, phases }).toEqual({ result: "down", type: "_OTHER", phases: [] });
  expect(error!.message).toContain("PROBE_TEST_UNSET");
});

test("a hundred runs of all kinds at once do not get in each other's way", async () => {
  const before = openHandles();
  const names = [
    "good",
    "tls_hang",
    "upgrade_hang",
    "refused",
    "pong_never",
    "upgrade_401",
    "chatty",
    "reset_in_message",
  ];
  const visits = Array.from({ length: 104 }, async (_, index) => {
    const name = names[index % names.length]!;
    const { result, error } = await check({ ...targetOf(name, running.places), timeout: 2000 });
    return [name, result, error?.type].join(" ");
  });
  expect(new Set(await Promise.all(visits))).toEqual(
    new Set([
      "good up ",
      "tls_hang down tls_timeout",
      "upgrade_hang down upgrade_timeout",
      "refused down ECONNREFUSED",
      "pong_never down pong_timeout",
      "upgrade_401 down 401",
      "chatty up ",
      "reset_in_message down ECONNRESET",
    ]),
  );
  expect(await leftOpen(before)).toEqual([]);
});
