import type { AcceptInput, AcceptOutput } from "../probes/accept.ts";
import type { ChurnOutput } from "../probes/churn.ts";
import type { MemoryInput, MemoryOutput } from "../probes/memory.ts";
import { runProbe } from "../support/probe.ts";
import type { Row } from "../support/report.ts";
import { estimate, median } from "../support/stats.ts";
import type { Settings, Suite } from "../support/suite.ts";

const MODES = [
  { mode: "metrics", label: "metrics only", acceptUs: 1.5, acceptLimit: 7, heapBytes: 150, heapLimit: 400 },
  { mode: "span", label: "with span", acceptUs: 7, acceptLimit: 34, heapBytes: 1000, heapLimit: 2400 },
  { mode: "lifetime", label: "with span, lifetime", acceptUs: 7, acceptLimit: 34, heapBytes: 1000, heapLimit: 2400 },
  { mode: "deferred", label: "with span, deferred", acceptUs: 4, acceptLimit: 20, heapBytes: 300, heapLimit: 1600 },
  { mode: "events", label: "with span and events", acceptUs: 12, acceptLimit: 60, heapBytes: 1000, heapLimit: 2600 },
] as const;

/** CPU time of an upgrade, and of a close. */
export const accept: Suite = {
  name: "accept",
  about: "microseconds of CPU added per connection accepted (and, without a target, closed)",
  async run({ quick, dist }: Settings): Promise<Row[]> {
    const rows: Row[] = [];
    for (const { mode, label, acceptUs, acceptLimit } of MODES) {
      const outputs: AcceptOutput[] = [];
      for (let index = 0; index < (quick ? 2 : 9); index += 1) {
        const input = { dist, mode, observed: index % 3, rounds: quick ? 12 : 60, connections: 500 };
        outputs.push(await runProbe<AcceptOutput>("accept", input satisfies AcceptInput));
      }
      for (const phase of ["accept", "close"] as const) {
        const compared = outputs.map((output) => output[phase]);
        rows.push({
          suite: "accept",
          name: `${phase}, ${label}`,
          unit: "us",
          note: `plain ws ${median(compared.flatMap(({ plain }) => plain)).toFixed(1)} us`,
          ...estimate(compared, 0),
          ...(phase === "accept" && { target: acceptUs, limit: acceptLimit }),
        });
      }
    }
    return rows;
  },
};

/** Heap of an idle connection. */
export const memory: Suite = {
  name: "memory",
  about: "heap added per idle connection",
  async run({ quick, dist }: Settings): Promise<Row[]> {
    const heap = async (mode: MemoryInput["mode"]): Promise<MemoryOutput> =>
      runProbe<MemoryOutput>("memory", { dist, mode, connections: quick ? 2500 : 8000 } satisfies MemoryInput);
    const plain: MemoryOutput[] = [];
    for (let index = 0; index < (quick ? 2 : 3); index += 1) plain.push(await heap("plain"));
    const sizes = plain.map(({ bytesPerConnection }) => bytesPerConnection);
    const rows: Row[] = [];
    for (const { mode, label, heapBytes, heapLimit } of MODES) {
      const { connections, bytesPerConnection } = await heap(mode);
      rows.push({
        suite: "memory",
        name: label,
        value: bytesPerConnection - median(sizes),
        unit: "B",
        target: heapBytes,
        limit: heapLimit,
        noise: Math.max(...sizes) - Math.min(...sizes),
        note: `plain ws ${median(sizes).toFixed(0)} B, ${String(connections)} connections`,
      });
    }
    return rows;
  },
};

/** Nothing is left of connections that are gone. */
export const churn: Suite = {
  name: "churn",
  about: "heap and series left by connections opened and closed, with metrics and spans",
  async run({ quick, dist }: Settings): Promise<Row[]> {
    const connections = quick ? 100_000 : 1_000_000;
    const { growth, pointsBefore, pointsAfter } = await runProbe<ChurnOutput>("churn", { dist, connections });
    const note = `${connections.toLocaleString("en")} connections`;
    return [
      { suite: "churn", name: "heap growth", value: growth / 1e6, unit: "MB", target: 1, note },
      { suite: "churn", name: "new series", value: pointsAfter - pointsBefore, unit: "", target: 0, note },
    ];
  },
};
