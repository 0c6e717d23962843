/** Heap of a server process with idle connections over loopback. */
import { privateCopy } from "../support/copies.ts";
import { affordable } from "../support/limits.ts";
import { loadPackage, startSdk } from "../support/otel.ts";
import type { Mode } from "../support/otel.ts";
import { connectPeers, listen } from "../support/peers.ts";
import { answer, inputOf, settleHeap } from "../support/probe.ts";

export interface MemoryInput {
  readonly dist: string;
  readonly mode: Mode;
  readonly connections: number;
}

export interface MemoryOutput {
  /** Fewer than asked for where the process may not open as many files. */
  readonly connections: number;
  readonly bytesPerConnection: number;
}

const WARM_UP = 500;

await answer(await measure(inputOf() as MemoryInput));

async function measure(input: MemoryInput): Promise<MemoryOutput> {
  const observing = await loadPackage(input.dist);
  const sdk = startSdk(observing);
  const { server, port, sockets } = await listen(privateCopy());
  if (input.mode !== "plain") observing.observeServer(server, sdk.options(input.mode));
  const count = affordable(input.connections + WARM_UP) - WARM_UP;
  // The first connections pay for what is made once: attribute sets, hidden classes, compiled code.
  const first = await connectPeers({ ports: [port], connections: WARM_UP, drive: "idle", size: 0 });
  await settleHeap();
  const before = process.memoryUsage().heapUsed;
  const rest = await connectPeers({ ports: [port], connections: count, drive: "idle", size: 0 });
  await settleHeap();
  const bytes = process.memoryUsage().heapUsed - before;
  if (sockets.length !== count + WARM_UP) throw new Error("bench: not all connections were accepted");
  first.stop();
  rest.stop();
  return { connections: count, bytesPerConnection: bytes / count };
}
