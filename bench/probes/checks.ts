/** What a process costs that checks many targets again and again, against one that only connects, pings and closes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { WebSocket } from "ws";
import type * as builtProbe from "../../src/probe/index.ts";
import { loadPackage, startSdk } from "../support/otel.ts";
import { answer, inputOf } from "../support/probe.ts";

export interface ChecksInput {
  readonly dist: string;
  /** `plain`: the same traffic with `ws` alone. */
  readonly mode: "plain" | "checks";
  /** Server that all targets are at, `ws://` or `wss://`. */
  readonly url: string;
  /** File with the certificate to trust. */
  readonly caFile: string;
  readonly targets: number;
  /** Milliseconds. */
  readonly interval: number;
  /** How often each target is checked. */
  readonly count: number;
}

export interface ChecksOutput {
  /** CPU seconds in each second. */
  readonly cpu: number;
  readonly runs: number;
  readonly down: number;
  readonly missed: number;
  /** Milliseconds that the latest start was behind its time. */
  readonly latest: number;
}

await answer(await measure(inputOf() as ChecksInput));

async function measure(input: ChecksInput): Promise<ChecksOutput> {
  const work = input.mode === "checks" ? await checks(input) : plain;
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const found = await work(input);
  const { user, system } = process.cpuUsage(before);
  return { ...found, cpu: (user + system) / 1000 / (performance.now() - startedAt) };
}

type Found = Omit<ChecksOutput, "cpu">;

async function checks(input: ChecksInput): Promise<() => Promise<Found>> {
  const sdk = startSdk(await loadPackage(input.dist));
  const { startProbes } = (await import(
    pathToFileURL(join(input.dist, "probe", "index.js")).href
  )) as typeof builtProbe;
  return async () => {
    const { tracerProvider, meterProvider } = sdk.options("span");
    const starts = new Map<string, number[]>();
    let missed = 0;
    let down = 0;
    const targets = Array.from({ length: input.targets }, (_, index) => ({
      url: `${input.url}/${index}`,
      name: `target-${index}`,
      tls: { caFile: input.caFile },
    }));
    const { done } = startProbes(targets, {
      interval: input.interval,
      count: input.count,
      tracerProvider,
      meterProvider,
      onMissed: () => (missed += 1),
      onResult: ({ name, startedAt, result }) => {
        starts.set(name, [...(starts.get(name) ?? []), Date.parse(startedAt)]);
        if (result === "down") down += 1;
      },
    });
    await done;
    const all = [...starts.values()];
    const late = all.flatMap((times) => times.map((time, index) => time - times[0]! - index * input.interval));
    return { runs: all.flat().length, down, missed, latest: Math.max(...late) };
  };
}

/** The same number of connections, pings and closes in the same time. */
async function plain({ url, caFile, targets, interval, count }: ChecksInput): Promise<Found> {
  const ca = readFileSync(caFile);
  const startedAt = performance.now();
  const visits = Array.from({ length: targets * count }, async (_, index) => {
    const due = startedAt + (interval * index) / targets;
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, due - performance.now())));
    const socket = new WebSocket(`${url}/${index}`, { ca });
    socket.once("open", () => socket.ping("1"));
    socket.once("pong", () => socket.close(1000));
    await new Promise((resolve) => socket.once("close", resolve));
  });
  await Promise.all(visits);
  return { runs: visits.length, down: 0, missed: 0, latest: 0 };
}
