import type { HooksInput, HooksOutput } from "../probes/hooks.ts";
import { runProbe } from "../support/probe.ts";
import type { Row } from "../support/report.ts";
import { estimate, median } from "../support/stats.ts";
import type { Estimate } from "../support/stats.ts";
import type { Settings, Suite } from "../support/suite.ts";

const TARGET_NS = 8;
/** No allocation; what remains is that the heap is read in steps. */
const TARGET_BYTES = 1;
const TIMES_CHEAPER = 150;
/** What a quick run can resolve: on a shared machine its A/A comparison is off by up to 30 ns. */
const QUICK_LIMIT_NS = 60;
const QUICK_LIMIT_TIMES = 25;

/** A young generation that holds a whole window, so that growth of the heap is what was allocated. */
const NO_SCAVENGE = ["--min-semi-space-size=128", "--max-semi-space-size=128"];

type Case = Pick<HooksInput, "direction" | "type" | "size" | "mode">;

const CASES: Case[] = (["receive", "send"] as const).flatMap((direction) =>
  [32, 1024].flatMap((size): Case[] => [
    { direction, size, type: "text", mode: "metrics" },
    { direction, size, type: "binary", mode: "metrics" },
    { direction, size, type: "text", mode: "span" },
  ]),
);

/** Nanoseconds and bytes that a message costs more, in process. */
export const hooks: Suite = {
  name: "hooks",
  about: "nanoseconds and heap bytes added per message, in process",
  async run(settings: Settings): Promise<Row[]> {
    const rows: Row[] = [];
    const bytes: Timed[] = [];
    for (const one of CASES) {
      if (settings.quick && (one.size > 32 || one.type === "binary")) continue;
      const timed = row("hooks", nameOf(one), await measureTime(one, settings), TARGET_NS);
      rows.push(settings.quick ? { ...timed, limit: QUICK_LIMIT_NS } : timed);
      bytes.push(await measureBytes(one, settings));
    }
    const worst = bytes.reduce((left, right) => (left.value > right.value ? left : right));
    return [...rows, row("hooks", "heap, the worst of these", worst, TARGET_BYTES, "B")];
  },
};

/** A counter and a histogram per message, as an application would write it, against this package. */
export const peers: Suite = {
  name: "peers",
  about: "a counter and a histogram per message by hand, and how many times cheaper this package is",
  async run(settings: Settings): Promise<Row[]> {
    const one = { direction: "receive", type: "text", size: 32 } as const;
    const byHand = await measureTime({ ...one, mode: "by hand" }, settings);
    const ours = await measureTime({ ...one, mode: "metrics" }, settings);
    const times = byHand.value / Math.max(ours.value, 1);
    const noise = byHand.value / Math.max(ours.value - ours.noise, 1) - times;
    return [
      row("peers", "by hand, receive 32 B", byHand),
      row("peers", "this package, receive 32 B", ours),
      {
        suite: "peers",
        name: "times cheaper",
        value: times,
        unit: "x",
        target: TIMES_CHEAPER,
        atLeast: true,
        noise,
        ...(settings.quick && { limit: QUICK_LIMIT_TIMES }),
      },
    ];
  },
};

type Timed = Estimate & { readonly plain: number };

function row(suite: string, name: string, { value, noise, plain }: Timed, target?: number, unit = "ns"): Row {
  const note = `plain ws ${plain.toFixed(0)} ${unit}`;
  return { suite, name, value, unit, noise, note, ...(target !== undefined && { target }) };
}

async function measureTime(one: Case, { quick, dist }: Settings): Promise<Timed> {
  const outputs: HooksOutput[] = [];
  for (let index = 0; index < (quick ? 3 : 12); index += 1) {
    const input = { ...one, dist, observed: index % 3, rounds: quick ? 16 : 60, messages: windowOf(one) };
    outputs.push(await runProbe<HooksOutput>("hooks", input satisfies HooksInput));
  }
  const times = outputs.map(({ nanoseconds }) => nanoseconds);
  return { ...estimate(times, 0), plain: median(times.flatMap(({ plain }) => plain)) };
}

async function measureBytes(one: Case, { dist }: Settings): Promise<Timed> {
  const input: HooksInput = { ...one, dist, observed: 1, rounds: 20, messages: windowOf(one) };
  const { bytes } = await runProbe<HooksOutput>("hooks", input, NO_SCAVENGE);
  return { ...estimate([bytes], 0), plain: median(bytes.plain) };
}

/** Messages that take some milliseconds. */
function windowOf({ size, mode }: Case): number {
  return size > 32 || mode === "by hand" ? 5000 : 20_000;
}

function nameOf({ direction, type, size, mode }: Case): string {
  return `${direction} ${type} ${String(size)} B, ${mode === "span" ? "with span" : "metrics only"}`;
}
