/** What is left of connections that were opened, carried a message each way and were closed. */
import { privateCopy } from "../support/copies.ts";
import { CLOSE_FRAME, clientFrame } from "../support/frames.ts";
import { loadPackage, startSdk } from "../support/otel.ts";
import { answer, inputOf, settleHeap } from "../support/probe.ts";
import { MemoryTransport, upgrade } from "../support/transport.ts";
import type { WebSocketServer } from "ws";

export interface ChurnInput {
  readonly dist: string;
  readonly connections: number;
}

export interface ChurnOutput {
  /** Bytes of heap after against before. */
  readonly growth: number;
  readonly pointsBefore: number;
  readonly pointsAfter: number;
}

/** Connections that are open at one time. */
const AT_ONCE = 500;
/** What the span processor and the JIT keep is kept by then. */
const WARM_UP = 20_000;

await answer(await measure(inputOf() as ChurnInput));

async function measure({ dist, connections }: ChurnInput): Promise<ChurnOutput> {
  const observing = await loadPackage(dist);
  const sdk = startSdk(observing);
  const server = new (privateCopy().WebSocketServer)({ noServer: true });
  observing.observeServer(server, sdk.options("span"));
  await churn(server, WARM_UP);
  const pointsBefore = await sdk.points();
  await settleHeap();
  const before = process.memoryUsage().heapUsed;
  await churn(server, connections);
  const pointsAfter = await sdk.points();
  await settleHeap();
  const growth = process.memoryUsage().heapUsed - before;
  if (server.clients.size > 0) throw new Error("bench: connections stayed open");
  return { growth, pointsBefore, pointsAfter };
}

async function churn(server: WebSocketServer, connections: number): Promise<void> {
  for (let done = 0; done < connections; done += AT_ONCE) {
    const closed: Promise<void>[] = [];
    for (let index = 0; index < AT_ONCE; index += 1) {
      const transport = new MemoryTransport();
      const socket = upgrade(server, transport);
      closed.push(new Promise<void>((resolve) => void socket.once("close", () => resolve())));
      transport.emit("data", clientFrame(32));
      socket.send("hello");
      transport.emit("data", Buffer.from(CLOSE_FRAME));
      transport.push(null);
    }
    await Promise.all(closed);
  }
}
