import type { HooksInput, HooksOutput } from "../probes/hooks.ts";
import { runProbe } from "../support/probe.ts";
import type { Row } from "../support/report.ts";
import { estimate, median } from "../support/stats.ts";
import type { Paired } from "../support/stats.ts";
import type { Settings, Suite } from "../support/suite.ts";

const TARGET_NS = 8;
/** No allocation; what remains is that the heap is read in steps. */
const TARGET_BYTES = 1;

/** A young generation that holds a whole window, so that growth of the heap is what was allocated. */
const NO_SCAVENGE = ["--min-semi-space-size=128", "--max-semi-space-size=128"];

const CASES: Pick<HooksInput, "direction" | "size" | "mode">[] = (["receive", "send"] as const).flatMap((direction) =>
  [32, 1024].flatMap((size) => (["metrics", "span"] as const).map((mode) => ({ direction, size, mode }))),
);

/** Nanoseconds and bytes that a message costs more, in process. */
export const hooks: Suite = {
  name: "hooks",
  about: "nanoseconds and heap bytes added per message, in process",
  async run(settings: Settings): Promise<Row[]> {
    const rows: Row[] = [];
    for (const one of CASES) rows.push(...(await measureCase(one, settings)));
    return rows;
  },
};

async function measureCase(one: (typeof CASES)[number], { quick, dist }: Settings): Promise<Row[]> {
  const processes = quick ? 3 : 9;
  const common = { ...one, dist, messages: 20_000, rounds: quick ? 40 : 120 };
  const outputs: HooksOutput[] = [];
  for (let index = 0; index < processes; index += 1) {
    outputs.push(await runProbe<HooksOutput>("hooks", { ...common, observed: index % 3 }));
  }
  const allocation = await runProbe<HooksOutput>("hooks", { ...common, observed: 1, rounds: 12 }, NO_SCAVENGE);
  const name = `${one.direction} ${String(one.size)} B, ${one.mode === "span" ? "with span" : "metrics only"}`;
  const nanoseconds = estimate(
    outputs.map((output) => pairedBy(output, "nanoseconds")),
    0,
  );
  const plain = median(outputs.flatMap((output) => output.plain.map((cost) => cost.nanoseconds)));
  const bytes = estimate([pairedBy(allocation, "bytes")], 0);
  return [
    {
      suite: "hooks",
      name,
      value: nanoseconds.value,
      unit: "ns",
      target: TARGET_NS,
      noise: nanoseconds.noise,
      note: `plain ws ${plain.toFixed(0)} ns`,
    },
    { suite: "hooks", name: `${name}, heap`, value: bytes.value, unit: "B", target: TARGET_BYTES, noise: bytes.noise },
  ];
}

function pairedBy(output: HooksOutput, key: "nanoseconds" | "bytes"): Paired {
  return { treated: output.treated.map((cost) => cost[key]), control: output.control.map((cost) => cost[key]) };
}
