import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Findings } from "../../../src/probe/run.ts";
import { inFragments, inOneFrame } from "../servers/large.ts";
import { check, startServers } from "./check.ts";
import type { ServerProcess } from "./check.ts";
import { targetOf } from "./misbehaviours.ts";
import { use } from "./use.ts";

const MIB = 1024 * 1024;

let running: ServerProcess;
beforeAll(async () => {
  running = await startServers();
});
afterAll(async () => running.stop());

/** Bytes of the heap and of buffers at the most while `work` went on, more than before it. */
async function growth(work: () => Promise<Findings>): Promise<{ findings: Findings; grown: number }> {
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  let most = before;
  let over = false;
  const watch = (): void => {
    most = Math.max(most, used());
    if (!over) setImmediate(watch);
  };
  watch();
  const findings = await work();
  over = true;
  return { findings, grown: most - before };
}

describe("an answer of 64 MiB", () => {
  test.each(["large_frame", "large_fragments", "large_tiny_fragments", "large_compressed"])(
    "as %s is not held in memory",
    async (name) => {
      const target = targetOf(name, running.places);
      const { findings, grown } = await growth(() => check(target));
      expect(findings.error?.type).toBe("message_too_large");
      expect(grown).toBeLessThan(24 * MIB);
    },
  );

  test.each([
    ["one frame", inOneFrame],
    ["fragments", inFragments],
    ["tiny fragments", async () => inFragments(16)],
  ])("in %s is not read to its end", async (_, start) => {
    const server = await use(start());
    const steps = [{ send: "hello" }, { expect: { text: "hello" } }];
    const findings = await check({ url: server.url, steps, maxMessageSize: MIB, proxy: false });
    expect(findings.error?.type).toBe("message_too_large");
    // What this system's socket buffers hold is not of the check.
    expect(server.sent()).toBeLessThan(16 * MIB);
  });

  test("is taken where the check allows it", async () => {
    const steps = [{ send: "hello" }, { expect: { binaryPrefix: "00000000" } }];
    const target = { ...targetOf("large_compressed", running.places), maxMessageSize: 64 * MIB, steps };
    expect((await check(target)).result).toBe("up");
  });
});

test("a flood of messages nobody asks for is not held in memory", async () => {
  const steps = [{ wait: 400 }, { expect: { text: "never", within: 200 } }];
  const { findings, grown } = await growth(() =>
    check({ url: running.places.message_flood!, steps, timeout: 1000, proxy: false }),
  );
  expect(findings.error?.type).toBe("unexpected_message");
  expect(grown).toBeLessThan(64 * MIB);
});
