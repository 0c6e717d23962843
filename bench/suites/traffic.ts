import type { TrafficInput, TrafficOutput } from "../probes/traffic.ts";
import { runProbe } from "../support/probe.ts";
import type { Row } from "../support/report.ts";
import { estimate, median } from "../support/stats.ts";
import type { Settings, Suite } from "../support/suite.ts";

/** Fourteen short windows tell a few per cent at best. */
const QUICK_LIMIT = 1.06;

const NAMES: Readonly<Partial<Record<TrafficInput["mode"], string>>> = {
  metrics: "metrics only",
  span: "with span",
  messages: "1 % of messages with spans",
};

/** The server's CPU time per message received, nothing else being done. */
export const flood: Suite = {
  name: "flood",
  about: "server CPU per message of a receive-only flood over loopback, against plain ws",
  run: (settings) => measureDrive({ drive: "flood", connections: 1 }, 1.02, settings),
};

/** The server's CPU time per message received and sent back. */
export const echo: Suite = {
  name: "echo",
  about: "server CPU per echoed message over 16 loopback connections, against plain ws",
  run: (settings) => measureDrive({ drive: "echo", connections: 16 }, 1.01, settings),
};

/** The same with a span for one message in a hundred, received and sent. */
export const messages: Suite = {
  name: "messages",
  about: "server CPU per echoed message with spans of 1 % of the messages, against plain ws",
  run: (settings) => measureDrive({ drive: "echo", connections: 16 }, 1.03, settings, ["messages"]),
};

async function measureDrive(
  kind: Pick<TrafficInput, "drive" | "connections">,
  target: number,
  { quick, dist }: Settings,
  modes: readonly TrafficInput["mode"][] = ["metrics", "span"],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const mode of modes) {
    if (quick && mode === "span") continue;
    const outputs: TrafficOutput[] = [];
    for (let index = 0; index < (quick ? 3 : 9); index += 1) {
      const input = { ...kind, dist, mode, size: 32, observed: index % 3, rounds: quick ? 14 : 50, windowMs: 40 };
      outputs.push(await runProbe<TrafficOutput>("traffic", input satisfies TrafficInput));
    }
    const ratios = outputs.map(({ ratio }) => ratio);
    rows.push({
      suite: mode === "messages" ? mode : kind.drive,
      name: `32 B, ${NAMES[mode] ?? mode}`,
      unit: "",
      target,
      ...(quick && { limit: QUICK_LIMIT }),
      neutral: 1,
      note: `plain ws ${median(ratios.flatMap(({ plain }) => plain)).toFixed(0)} ns of CPU`,
      ...estimate(ratios, 1),
    });
  }
  return rows;
}
