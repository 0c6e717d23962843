/**
 * CPU time per message over real connections: three copies of `ws` in one server process, of which one is observed.
 * The peers keep all of them busy; a window is the time in which only one copy's connections are read.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import { privateCopy } from "../support/copies.ts";
import { loadPackage, startSdk } from "../support/otel.ts";
import type { Mode } from "../support/otel.ts";
import { connectPeers, listen } from "../support/peers.ts";
import { answer, inputOf } from "../support/probe.ts";
import type { Handlers } from "./handlers.ts";

export interface TrafficInput {
  readonly dist: string;
  readonly drive: "flood" | "echo";
  readonly size: number;
  readonly connections: number;
  readonly mode: Exclude<Mode, "plain">;
  /** Which of the three copies is observed. */
  readonly observed: number;
  readonly rounds: number;
  readonly windowMs: number;
}

export interface TrafficOutput {
  /** Ratios of CPU time per message: observed to plain, plain to plain. */
  readonly treated: number[];
  readonly control: number[];
  /** Nanoseconds of CPU per message of plain `ws`. */
  readonly plain: number[];
}

const WARM_UP_ROUNDS = 6;

/** One copy of `ws` with its server and its connections. */
interface Lane {
  readonly sockets: WebSocket[];
  readonly port: number;
  /** Messages so far. */
  count(): number;
}

await answer(await compare(inputOf() as TrafficInput));

async function compare(input: TrafficInput): Promise<TrafficOutput> {
  const observing = await loadPackage(input.dist);
  const sdk = startSdk(observing);
  const lanes: Lane[] = [];
  for (let copy = 0; copy < 3; copy += 1) {
    const { server, port, sockets } = await listen(privateCopy());
    if (copy === input.observed) observing.observeServer(server, sdk.options(input.mode));
    const handlers = (await import(`./handlers.ts?copy=${String(copy)}`)) as Handlers;
    server.on("connection", input.drive === "flood" ? handlers.count : handlers.echo);
    server.on("connection", (socket) => socket.pause());
    lanes.push({ sockets, port, count: handlers.messages });
  }
  const peers = await connectPeers({ ...input, ports: lanes.map(({ port }) => port) });

  const output: TrafficOutput = { treated: [], control: [], plain: [] };
  const [observed = 0, plainA = 0, plainB = 0] = [0, 1, 2].map((offset) => (input.observed + offset) % 3);
  for (let round = 0; round < WARM_UP_ROUNDS + input.rounds; round += 1) {
    const cost: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const copy = (round + turn) % 3;
      cost[copy] = await measure(lanes[copy]!, input.windowMs);
    }
    if (round < WARM_UP_ROUNDS) continue;
    const plain = (cost[plainA]! + cost[plainB]!) / 2;
    output.plain.push(plain);
    output.treated.push(cost[observed]! / plain);
    output.control.push(cost[plainB]! / cost[plainA]!);
  }
  const [counted, expected] = [await sdk.messages(), lanes[input.observed]!.count() * (input.drive === "echo" ? 2 : 1)];
  peers.stop();
  if (counted !== expected) throw new Error(`bench: ${String(counted)} of ${String(expected)} messages were counted`);
  return output;
}

/** Nanoseconds of this process's CPU per message while one lane is read. */
async function measure(lane: Lane, windowMs: number): Promise<number> {
  const cpu = process.cpuUsage();
  const before = lane.count();
  for (const socket of lane.sockets) socket.resume();
  await sleep(windowMs);
  for (const socket of lane.sockets) socket.pause();
  const { user, system } = process.cpuUsage(cpu);
  return ((user + system) * 1000) / (lane.count() - before);
}
