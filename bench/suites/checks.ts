import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import type { ChecksInput, ChecksOutput } from "../probes/checks.ts";
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
    const rows: Row[] = [];
    const schemes = quick ? (["wss"] as const) : (["ws", "wss"] as const);
    for (const scheme of schemes) rows.push(...(await measure(scheme, dist, quick ? 2 : 6)));
    return rows;
  },
};

async function measure(scheme: "ws" | "wss", dist: string, count: number): Promise<Row[]> {
  const { url, stop } = await listen(scheme);
  const input = { dist, url, caFile: certificate("ca"), targets: TARGETS, interval: INTERVAL, count };
  try {
    const plain = await runProbe<ChecksOutput>("checks", { ...input, mode: "plain" } satisfies ChecksInput);
    const ours = await runProbe<ChecksOutput>("checks", { ...input, mode: "checks" } satisfies ChecksInput);
    const alone = `ws alone ${(plain.cpu * 100).toFixed(1)} %`;
    return [
      {
        suite: "checks",
        name: `${scheme}, share of a core`,
        value: ours.cpu,
        unit: "",
        target: TARGET_CPU,
        note: `${alone}, ${(ours.cpu / plain.cpu).toFixed(1)} times`,
      },
      {
        suite: "checks",
        name: `${scheme}, runs missed or down`,
        value: ours.missed + ours.down + TARGETS * count - ours.runs,
        unit: "",
        target: 0,
        limit: 0,
        note: `of ${ours.runs}; the latest start was ${ours.latest.toFixed(0)} ms behind its time`,
      },
    ];
  } finally {
    stop();
  }
}

async function listen(scheme: "ws" | "wss"): Promise<{ url: string; stop: () => void }> {
  const key = certificate("server.key");
  const server =
    scheme === "ws"
      ? createPlainServer()
      : createSecureServer({ cert: readFileSync(certificate("good")), key: readFileSync(key) });
  const webSocketServer = new WebSocketServer({ server });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = (): void => {
    webSocketServer.close();
    server.close();
  };
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** One of the certificates that the tests have. */
function certificate(name: string): string {
  return fileURLToPath(new URL(`../../test/probe/servers/certificates/${name}.pem`, import.meta.url));
}
