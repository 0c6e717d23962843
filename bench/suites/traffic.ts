import type { TrafficInput, TrafficOutput } from "../probes/traffic.ts";
import { runProbe } from "../support/probe.ts";
import type { Row } from "../support/report.ts";
import { estimate, median } from "../support/stats.ts";
import type { Settings, Suite } from "../support/suite.ts";

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

async function measureDrive(
  kind: Pick<TrafficInput, "drive" | "connections">,
  target: number,
  { quick, dist }: Settings,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const mode of ["metrics", "span"] as const) {
    const outputs: TrafficOutput[] = [];
    for (let index = 0; index < (quick ? 3 : 6); index += 1) {
      const input = { ...kind, dist, mode, size: 32, observed: index % 3, rounds: quick ? 14 : 60, windowMs: 40 };
      outputs.push(await runProbe<TrafficOutput>("traffic", input satisfies TrafficInput));
    }
    const plain = median(outputs.flatMap((output) => output.plain));
    const { value, noise } = estimate(outputs, 1);
    rows.push({
      suite: kind.drive,
      name: `32 B, ${mode === "span" ? "with span" : "metrics only"}`,
      value,
      unit: "",
      target,
      neutral: 1,
      noise,
      note: `plain ws ${plain.toFixed(0)} ns CPU`,
    });
  }
  return rows;
}
