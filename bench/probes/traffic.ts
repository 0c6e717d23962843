/**
 * CPU time per message over real connections. The peers keep the connections of all three copies of `ws` busy;
 * a window is the time in which only one copy's are read.
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { WebSocket } from "ws";
import { privateCopy } from "../support/copies.ts";
import type { WsCopy } from "../support/copies.ts";
import { LANES, compare, rotate } from "../support/lanes.ts";
import type { Comparison } from "../support/lanes.ts";
import { loadPackage, startSdk } from "../support/otel.ts";
import type { Mode, Package } from "../support/otel.ts";
import type { ObserveOptions } from "../../src/observe.ts";
import { connectPeers, listen } from "../support/peers.ts";
import { answer, inputOf } from "../support/probe.ts";
import type { Handlers } from "./handlers.ts";

export interface TrafficInput {
  readonly dist: string;
  readonly drive: "flood" | "echo";
  readonly size: number;
  readonly connections: number;
  readonly mode: Exclude<Mode, "plain">;
  /** Whether each copy echoes messages in an asynchronous context, and has done so for a while before it is measured. */
  readonly contexts: boolean;
  /** Which of the three copies is observed. */
  readonly observed: number;
  readonly rounds: number;
  readonly windowMs: number;
}

export interface TrafficOutput {
  /** Ratios; `plain` in nanoseconds of CPU per message. */
  readonly ratio: Comparison;
}

/** One copy of `ws` with its server and its connections. */
interface Lane {
  readonly sockets: readonly WebSocket[];
  readonly port: number;
  /** Messages so far. */
  readonly count: () => number;
}

/** Messages of each copy that are echoed before anything is measured. */
const WARM_UP = 60_000;

await answer(await measure(inputOf() as TrafficInput));

async function measure(input: TrafficInput): Promise<TrafficOutput> {
  const observing = await loadPackage(input.dist);
  const sdk = startSdk(observing);
  if (input.contexts) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const lanes: Lane[] = [];
  for (let lane = 0; lane < LANES; lane += 1) {
    const copy = privateCopy();
    if (input.contexts) {
      await warmUp(copy, lane === input.observed ? observing : undefined, sdk.options(input.mode));
    }
    const { server, port, sockets } = await listen(copy);
    if (lane === input.observed) observing.observeServer(server, sdk.options(input.mode));
    const handlers = (await import(`./handlers.ts?lane=${String(lane)}`)) as Handlers;
    server.on("connection", input.drive === "flood" ? handlers.count : handlers.echo);
    server.on("connection", (socket) => socket.pause());
    lanes.push({ sockets, port, count: handlers.messages });
  }
  const peers = await connectPeers({ ...input, ports: lanes.map(({ port }) => port) });
  const results = await rotate({ warmUp: 6, measured: input.rounds }, (lane) => window(lanes[lane]!, input.windowMs));

  const expected = lanes[input.observed]!.count() * (input.drive === "echo" ? 2 : 1);
  const counted = await sdk.messages();
  peers.stop();
  if (counted !== expected) throw new Error(`bench: ${String(counted)} of ${String(expected)} messages were counted`);
  return { ratio: compare(results, "nanoseconds", input.observed, "ratio") };
}

/**
 * Echoes messages on another server of a copy, with spans of half of them where some are to have one: as many as a server
 * makes in a minute. One message in a hundred would leave the code of a span interpreted for all the seconds that are
 * measured, and with spans of all V8 would not see the way past them.
 */
async function warmUp(copy: WsCopy, observing: Package | undefined, options: ObserveOptions): Promise<void> {
  const { server, port } = await listen(copy);
  if (observing !== undefined) {
    const { meterProvider } = startSdk(observing);
    const messageSpans = options.messageSpans && { ratio: 0.5 };
    observing.observeServer(server, { ...options, meterProvider, messageSpans });
  }
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(data as Buffer)));
  const client = new (privateCopy().WebSocket)(`ws://127.0.0.1:${String(port)}/chat`);
  await once(client, "open");
  for (let sent = 0; sent < WARM_UP; sent += 100) {
    let left = 100;
    const answered = new Promise<void>((resolve) => {
      const count = (): void => {
        left -= 1;
        if (left > 0) return;
        client.off("message", count);
        resolve();
      };
      client.on("message", count);
    });
    for (let message = 0; message < 100; message += 1) client.send("x".repeat(32));
    await answered;
  }
  client.terminate();
  server.close();
}

/** This process's CPU time per message while one lane is read. */
async function window(lane: Lane, windowMs: number): Promise<Record<"nanoseconds", number>> {
  const cpu = process.cpuUsage();
  const before = lane.count();
  for (const socket of lane.sockets) socket.resume();
  await sleep(windowMs);
  for (const socket of lane.sockets) socket.pause();
  const { user, system } = process.cpuUsage(cpu);
  return { nanoseconds: ((user + system) * 1000) / (lane.count() - before) };
}
