import type { CollectInput, CollectOutput } from "../probes/collect.ts";
import { runProbe } from "../support/probe.ts";
import type { Row } from "../support/report.ts";
import { median } from "../support/stats.ts";
import type { Settings, Suite } from "../support/suite.ts";

const TARGET_MS = 1.5;

/** How long a collection holds up the event loop. */
export const collect: Suite = {
  name: "collect",
  about: "duration of one collection with many open connections, and the number of points that it exports",
  async run({ quick, dist }: Settings): Promise<Row[]> {
    const rows: Row[] = [];
    for (const mode of ["metrics", "span"] as const) {
      const input = { dist, mode, connections: quick ? 2000 : 10_000, collections: quick ? 50 : 200 };
      const output = await runProbe<CollectOutput>("collect", input satisfies CollectInput);
      const note = `${output.connections.toLocaleString("en")} connections`;
      const label = mode === "span" ? "with span" : "metrics only";
      rows.push(
        {
          suite: "collect",
          name: `duration, ${label}`,
          value: median(output.many),
          unit: "ms",
          target: (TARGET_MS * output.connections) / 10_000,
          note: `${note}; with 10: ${median(output.few).toFixed(2)} ms`,
        },
        {
          suite: "collect",
          name: `points more than with 10 connections, ${label}`,
          value: output.pointsOfMany - output.pointsOfFew,
          unit: "",
          target: 0,
          note: `${String(output.pointsOfMany)} points`,
        },
      );
    }
    return rows;
  },
};
