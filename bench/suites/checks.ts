import type { ChecksInput, ChecksOutput } from "../probes/checks.ts";
import { privateCopy } from "../support/copies.ts";
import { listen } from "../support/peers.ts";
import { runProbe } from "../support/probe.ts";
import type { Row } from "../support/report.ts";
import type { Settings, Suite } from "../support/suite.ts";

const TARGETS = 200;
/** Milliseconds between two checks of a target. */
const INTERVAL = 10_000;
/** CPU seconds a second. */
const TARGET_CPU = 0.15;

/** Many targets in one process. */
export const checks: Suite = {
  name: "checks",
  about: "a process that checks 200 targets, each every 10 seconds, beside one that only connects, pings and closes",
  async run({ quick, dist }: Settings): Promise<Row[]> {
    const { server, port } = await listen(privateCopy(), "");
    const input = { dist, url: `ws://127.0.0.1:${port}`, targets: TARGETS, interval: INTERVAL, count: quick ? 2 : 6 };
    try {
      const plain = await runProbe<ChecksOutput>("checks", { ...input, mode: "plain" } satisfies ChecksInput);
      const ours = await runProbe<ChecksOutput>("checks", { ...input, mode: "checks" } satisfies ChecksInput);
      const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
      return [
        {
          suite: "checks",
          name: "CPU seconds a second",
          value: ours.cpu,
          unit: "",
          target: TARGET_CPU,
          limit: TARGET_CPU,
          note: `${percent(ours.cpu)} of a core; ws alone ${percent(plain.cpu)}, ${(ours.cpu / plain.cpu).toFixed(1)} times`,
        },
        {
          suite: "checks",
          name: "runs that were missed or down",
          value: ours.missed + ours.down + TARGETS * input.count - ours.runs,
          unit: "",
          target: 0,
          limit: 0,
          note: `of ${ours.runs}; the latest start was ${ours.latest.toFixed(0)} ms behind its time`,
        },
      ];
    } finally {
      server.close();
    }
  },
};
