/** CPU time per connection accepted, and per connection closed, on transports in memory. */
import { privateCopy } from "../support/copies.ts";
import { CLOSE_FRAME } from "../support/frames.ts";
import { LANES, compare, rotate } from "../support/lanes.ts";
import type { Comparison } from "../support/lanes.ts";
import { loadPackage, startSdk } from "../support/otel.ts";
import type { Mode } from "../support/otel.ts";
import { answer, inputOf } from "../support/probe.ts";
import { MemoryTransport, upgrade } from "../support/transport.ts";
import type { WebSocketServer } from "ws";

export interface AcceptInput {
  readonly dist: string;
  readonly mode: Exclude<Mode, "plain">;
  /** Which of the three copies is observed. */
  readonly observed: number;
  readonly rounds: number;
  /** Connections of one window. */
  readonly connections: number;
}

export interface AcceptOutput {
  /** Microseconds per connection. */
  readonly accept: Comparison;
  readonly close: Comparison;
}

await answer(await measure(inputOf() as AcceptInput));

async function measure({ dist, mode, observed, rounds, connections }: AcceptInput): Promise<AcceptOutput> {
  const observing = await loadPackage(dist);
  const sdk = startSdk(observing);
  const servers: WebSocketServer[] = [];
  for (let lane = 0; lane < LANES; lane += 1) {
    const server = new (privateCopy().WebSocketServer)({ noServer: true });
    if (lane === observed) observing.observeServer(server, sdk.options(mode));
    servers.push(server);
  }
  const results = await rotate({ warmUp: 40, measured: rounds }, (lane) => window(servers[lane]!, connections));
  return {
    accept: compare(results, "accept", observed, "difference"),
    close: compare(results, "close", observed, "difference"),
  };
}

async function window(server: WebSocketServer, connections: number): Promise<Record<"accept" | "close", number>> {
  const transports = Array.from({ length: connections }, () => new MemoryTransport());
  let open = connections;
  let allClosed = (): void => {};
  const closed = new Promise<void>((resolve) => {
    allClosed = resolve;
  });
  const onClose = (): void => {
    open -= 1;
    if (open === 0) allClosed();
  };

  const accepting = process.cpuUsage();
  for (const transport of transports) upgrade(server, transport).on("close", onClose);
  const accept = microseconds(process.cpuUsage(accepting)) / connections;
  // What accepting deferred to the next ticks is neither counted as closing nor, being as much for all, missed.
  await new Promise((resolve) => void setImmediate(resolve));

  const closing = process.cpuUsage();
  for (const transport of transports) {
    transport.emit("data", Buffer.from(CLOSE_FRAME));
    transport.push(null);
  }
  await closed;
  return { accept, close: microseconds(process.cpuUsage(closing)) / connections };
}

function microseconds({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}
