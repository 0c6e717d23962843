import type { CollectInput, CollectOutput } from "../probes/collect.ts";
import { runProbe } from "../support/probe.ts";
import type { Row } from "../support/report.ts";
import { median } from "../support/stats.ts";
import type { Settings, Suite } from "../support/suite.ts";

const TARGET_MS = 1.5;
const LIMIT_MS = 5;

/** How long a collection holds up the event loop. */
export const collect: Suite = {
  name: "collect",
  about: "duration of one collection with many open connections, and the number of points that it exports",
  async run({ quick, dist }: Settings): Promise<Row[]> {
    const rows: Row[] = [];
    for (const mode of ["metrics", "span"] as const) {
      const input = { dist, mode, connections: quick ? 2000 : 10_000, collections: quick ? 50 : 200 };
      const outputs: CollectOutput[] = [];
      for (let index = 0; index < (quick ? 1 : 3); index += 1) {
        outputs.push(await runProbe<CollectOutput>("collect", input satisfies CollectInput));
      }
      const output = outputs[0]!;
      const note = `${output.connections.toLocaleString("en")} connections`;
      const label = mode === "span" ? "with span" : "metrics only";
      rows.push(
        {
          suite: "collect",
          name: `duration, ${label}`,
          value: median(outputs.map(({ many }) => median(many))),
          unit: "ms",
          target: (TARGET_MS * output.connections) / 10_000,
          limit: (LIMIT_MS * output.connections) / 10_000,
          note: `${note}; with 10: ${median(outputs.map(({ few }) => median(few))).toFixed(2)} ms`,
        },
        {
          suite: "collect",
          name: `points above those of 10 connections, ${label}`,
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
