import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { servers } from "../servers/index.ts";
import { check, leftOpen, openHandles, startServers } from "./check.ts";
import type { ServerProcess } from "./check.ts";
import type { Findings } from "../../../src/probe/run.ts";
import { misbehaviours, targetOf } from "./misbehaviours.ts";
import type { Misbehaviour } from "./misbehaviours.ts";
import { says } from "./says.ts";

/** What a run may take that has no timeout of its own. */
const PROMPT = 2000;
/** Where the time is over, the closing handshake has 250 ms; the rest is the machine's. */
const TOLERANCE = 500;

let running: ServerProcess;
beforeAll(async () => {
  running = await startServers();
});
afterAll(async () => running.stop());

const entries = Object.entries(misbehaviours);

describe("a check of a server", () => {
  test.each(entries)("%s ends as it ought to, and leaves nothing behind", async (name, expected) => {
    const target = targetOf(name, running.places);
    const before = openHandles();
    const from = performance.now();
    const findings = await check(target);
    const took = performance.now() - from;

    expect(findings.result).toBe(expected.result);
    expect(findings.error).toEqual(problemOf(name, expected, new URL(target.url).host));
    expect(took).toBeLessThan((target.timeout ?? PROMPT) + TOLERANCE);
    expect(findings.duration * 1000).toBeLessThanOrEqual(took);
    expectOrder(findings, name.startsWith("redirect"));
    expect(await leftOpen(before)).toEqual([]);
  });
});

function problemOf(name: string, { errorType, phase }: Misbehaviour, host: string): unknown {
  if (errorType === undefined) return undefined;
  const message: unknown = expect.stringContaining(says[name]!.replace("{}", host));
  const somePhase: unknown = expect.any(String);
  return { type: errorType, phase: phase ?? somePhase, message };
}

/** The phases follow each other, and the one that failed, of those before the close, has the run's error. */
function expectOrder({ phases, duration, result, error }: Findings, again: boolean): void {
  const order = ["dns", "connect", "tls", "upgrade", "message", "close"];
  const places = phases.map(({ phase }) => order.indexOf(phase));
  // A redirect begins again.
  expect(places).toEqual(again ? places : places.toSorted((a, b) => a - b));
  for (const { start, duration: took } of phases) {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(start + took).toBeLessThanOrEqual(duration + 0.001);
  }
  // An upgrade that succeeds where a refusal was expected took as long as it took.
  const failed = result === "down" && error?.phase !== "close" && error?.type !== "unexpected_accept";
  const wanted = failed ? [{ phase: error?.phase, error: error?.type }] : [];
  const found = phases.filter((phase) => phase.error !== undefined && phase.phase !== "close");
  expect(found.map(({ phase, error }) => ({ phase, error }))).toEqual(wanted);
}

test("misbehaviours.json has an entry for each server, and no other", () => {
  expect(new Set(Object.keys(misbehaviours))).toEqual(new Set(Object.keys(servers)));
  for (const [name, { result, errorType, phase }] of entries) {
    expect({ name, problem: errorType !== undefined }).toEqual({ name, problem: result !== "up" });
    // Linux tells of a reset at once in connect() or later, whichever comes first.
    expect({ name, phase: phase !== undefined }).toEqual({ name, phase: result !== "up" && name !== "reset_at_once" });
  }
});
