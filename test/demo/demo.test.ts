import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ATTR_WEBSOCKET_CLOSE_CODE,
  METRIC_WEBSOCKET_CLIENT_MESSAGES,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
} from "../../src/semconv.ts";
import { runCli } from "../support/cli.ts";
import type { Run } from "../support/cli.ts";
import { attrs, points, spans, sumOf } from "../support/query.ts";
import type { Collected, ReceiverProcess } from "../support/receiver.ts";
import { startReceiverProcess } from "../support/receiver.ts";

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The end of a process that is not this one's child cannot be awaited, only seen. */
async function gone(pids: readonly number[]): Promise<boolean> {
  const deadline = performance.now() + 5000;
  while (pids.some(alive) && performance.now() < deadline) await sleep(20);
  return !pids.some(alive);
}

/** Child processes of a run, where the system tells. */
function childrenOf(run: Run): number[] {
  const list = `/proc/${run.process.pid}/task/${run.process.pid}/children`;
  return existsSync(list) ? readFileSync(list, "utf8").trim().split(" ").map(Number) : [];
}

function printed(run: Run, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (pattern.test(run.stderr)) resolve();
    };
    run.process.stderr?.on("data", look);
    look();
  });
}

/** The numbers of a row of the last table, server and clients. */
function row(run: Run, beginning: RegExp): string[] {
  const line = run.stdout.split("\n").find((candidate) => beginning.test(candidate));
  return (
    line
      ?.replace(beginning, "")
      .trim()
      .split(/\s{2,}/) ?? []
  );
}

test("the last table shows what happened, and nothing is left behind", { timeout: 60_000 }, async () => {
  const run = runCli(["demo", "--duration", "4", "--clients", "5"]);
  await printed(run, /open, \d+ handshakes/);
  const pids = childrenOf(run);
  expect(pids).toHaveLength(existsSync("/proc/self/task") ? 2 : 0);
  expect(await run.ended).toBe(0);
  expect(pids.filter(alive)).toEqual([]);

  expect(row(run, /^Connections active now/)).toEqual(["0", "0"]);
  const [accepted, connected] = row(run, /^Handshakes +101 accepted/).map(Number);
  expect(accepted).toBeGreaterThan(4);
  expect(connected).toBe(accepted);
  // Rate and total, at either end.
  expect(row(run, /^Messages +received/)).toHaveLength(4);
  expect(row(run, /^Payload +received/)).toHaveLength(4);
  const closures = run.stdout.match(/(?<=^Closed {6}| {12})(?:\d{4}|4000-4999) \w+/gm) ?? [];
  expect(closures).toContain("1001 going_away");
  expect(closures.length).toBeGreaterThanOrEqual(3);
  expect(run.stdout).toMatch(/^server +websocket \/(?:chat|ticker) /m);
  expect(run.stdout).toMatch(/^client +websocket 127\.0\.0\.1 /m);
  expect(run.stdout).toContain("node --import opentelemetry-websocket/register app.js");
  expect(run.stdout).not.toContain("\u001B");
  for (const line of run.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("FORCE_COLOR colours the last table although it is written to a pipe", async () => {
  const run = runCli(["demo", "--duration", "0.2", "--clients", "1"], { FORCE_COLOR: "1" });
  expect(await run.ended).toBe(0);
  expect(run.stdout).toContain("\u001B[1m");
});

describe("with an endpoint of the user's", () => {
  let receiver: ReceiverProcess;
  beforeAll(async () => {
    receiver = await startReceiverProcess();
  });
  afterAll(() => receiver.stop());

  /** The processes of a run by what they export, that began after `before`. */
  function pidsIn(telemetry: Collected, before: ReadonlySet<number>): number[] {
    const pids = points(telemetry).map(({ resource }) => Number(resource["process.pid"]));
    return [...new Set(pids)].filter((pid) => !before.has(pid));
  }

  test("both processes send there, and what one end sends the other receives", { timeout: 60_000 }, async () => {
    const run = runCli(["demo", "--clients", "4", "--endpoint", receiver.url]);
    const { telemetry } = receiver;
    const pids = await receiver.waitFor(
      () =>
        spans(telemetry, { attributes: { [ATTR_WEBSOCKET_CLOSE_CODE]: 1000 } }).length > 1 &&
        pidsIn(telemetry, new Set()),
      { timeout: 20_000 },
    );
    expect(pids).toHaveLength(2);
    run.process.kill("SIGTERM");
    expect(await run.ended).toBe(0);
    expect(pids.filter(alive)).toEqual([]);
    expect(run.stdout).toContain(`Sent traces and metrics to ${receiver.url}`);
    expect(run.stdout).toContain("websocket-demo-server");

    // All that they had left at the end has arrived, for each connection from both ends.
    const ids = (kind: number): string[] =>
      spans(telemetry, (span) => span.kind === kind && ATTR_WEBSOCKET_CLOSE_CODE in attrs(span)).map(
        ({ traceId }) => traceId,
      );
    expect(ids(2).sort((left, right) => left.localeCompare(right))).toEqual(
      ids(3).sort((left, right) => left.localeCompare(right)),
    );
    const sent = sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES);
    expect(sent).toBeGreaterThan(0);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGES)).toBeGreaterThan(0);
  });

  test("children end with a parent that is killed", { timeout: 60_000 }, async () => {
    const before = new Set(pidsIn(receiver.telemetry, new Set()));
    const run = runCli(["demo", "--clients", "2", "--endpoint", receiver.url]);
    const pids = await receiver.waitFor(
      (telemetry) => {
        const found = pidsIn(telemetry, before);
        return found.length === 2 && found;
      },
      { timeout: 20_000 },
    );
    run.process.kill("SIGKILL");
    expect(await run.ended).toBe("SIGKILL");
    expect(await gone(pids)).toBe(true);
  });

  test("a child that dies ends the demo with 1", { timeout: 60_000 }, async () => {
    const before = new Set(pidsIn(receiver.telemetry, new Set()));
    const run = runCli(["demo", "--clients", "2", "--endpoint", receiver.url]);
    const [first, second] = await receiver.waitFor(
      (telemetry) => {
        const found = pidsIn(telemetry, before);
        return found.length === 2 && found;
      },
      { timeout: 20_000 },
    );
    process.kill(first ?? 0, "SIGKILL");
    expect(await run.ended).toBe(1);
    expect(run.stderr).toMatch(/the process of the (?:server|clients) ended unexpectedly \(SIGKILL\)/);
    expect(await gone([second ?? 0])).toBe(true);
  });
});

test("an endpoint where nothing listens is told at once", async () => {
  const run = runCli(["demo", "--endpoint", "http://127.0.0.1:1"]);
  expect(await run.ended).toBe(1);
  expect(run.stderr).toContain("nothing answers at http://127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1)");
});

test("a second interrupt ends it at once, with 130", { timeout: 60_000 }, async () => {
  const run = runCli(["demo", "--clients", "3"]);
  await printed(run, /open, \d+ handshakes/);
  const pids = childrenOf(run);
  run.process.kill("SIGINT");
  run.process.kill("SIGTERM");
  expect(await run.ended).toBe(130);
  expect(await gone(pids)).toBe(true);
});
