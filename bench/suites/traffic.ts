import type { TrafficInput, TrafficOutput } from "../probes/traffic.ts";
import { runProbe } from "../support/probe.ts";
import type { Row } from "../support/report.ts";
import { estimate, median } from "../support/stats.ts";
import type { Estimate } from "../support/stats.ts";
import type { Settings, Suite } from "../support/suite.ts";

/** Fourteen short windows tell a few per cent at best. */
const QUICK_LIMIT = 1.06;

/** Twice what was measured last above plain `ws`: with all that lies beneath them, message spans are at their target. */
const MESSAGES_LIMIT = 1.08;

const NAMES = { metrics: "metrics only", span: "with span" } as const;

/** What is measured, apart from the mode. */
type Drive = Pick<TrafficInput, "drive" | "connections" | "contexts">;

/** The server's CPU time per message received, nothing else being done. */
export const flood: Suite = {
  name: "flood",
  about: "server CPU per message of a receive-only flood over loopback, against plain ws",
  run: (settings) => measureDrive({ drive: "flood", connections: 1, contexts: false }, 1.02, settings),
};

/** The server's CPU time per message received and sent back. */
export const echo: Suite = {
  name: "echo",
  about: "server CPU per echoed message over 16 loopback connections, against plain ws",
  run: (settings) => measureDrive({ drive: "echo", connections: 16, contexts: false }, 1.01, settings),
};

/** The same with a span for one message in a hundred, received and sent. */
export const messages: Suite = {
  name: "messages",
  about: "server CPU per echoed message with spans of 1 % of the messages, against plain ws, and what the spans add",
  async run(settings) {
    const drive: Drive = { drive: "echo", connections: 16, contexts: true };
    const without = await measure(drive, "span", settings);
    const spans = await measure(drive, "messages", settings);
    const added = {
      value: spans.estimate.value - without.estimate.value + 1,
      noise: Math.hypot(spans.estimate.noise, without.estimate.noise),
    };
    const common = { suite: "messages", unit: "", neutral: 1, target: 1.03 };
    return [
      {
        ...common,
        name: "32 B, 1 % of messages with spans",
        limit: MESSAGES_LIMIT,
        note: spans.note,
        ...spans.estimate,
      },
      {
        ...common,
        name: "32 B, of that the spans of messages",
        ...(settings.quick && { limit: QUICK_LIMIT }),
        note: `${without.estimate.value.toFixed(3)} of plain ws without`,
        ...added,
      },
    ];
  },
};

async function measureDrive(drive: Drive, target: number, settings: Settings): Promise<Row[]> {
  const rows: Row[] = [];
  for (const mode of ["metrics", "span"] as const) {
    if (settings.quick && mode === "span") continue;
    const { estimate: found, note } = await measure(drive, mode, settings);
    const name = `32 B, ${NAMES[mode]}`;
    const limit = settings.quick && { limit: QUICK_LIMIT };
    rows.push({ suite: drive.drive, name, unit: "", target, ...limit, neutral: 1, note, ...found });
  }
  return rows;
}

async function measure(
  drive: Drive,
  mode: TrafficInput["mode"],
  { quick, dist }: Settings,
): Promise<{ estimate: Estimate; note: string }> {
  const outputs: TrafficOutput[] = [];
  for (let index = 0; index < (quick ? 3 : 9); index += 1) {
    const input = { ...drive, dist, mode, size: 32, observed: index % 3, rounds: quick ? 14 : 50, windowMs: 40 };
    outputs.push(await runProbe<TrafficOutput>("traffic", input satisfies TrafficInput));
  }
  const ratios = outputs.map(({ ratio }) => ratio);
  const plain = median(ratios.flatMap((ratio) => ratio.plain));
  return { estimate: estimate(ratios, 1), note: `plain ws ${plain.toFixed(0)} ns of CPU` };
}
