/** Nanoseconds and bytes per message, in process: frames go straight to the listeners of a transport in memory. */
import type { Meter } from "@opentelemetry/api";
import type { WebSocket } from "ws";
import { privateCopy } from "../support/copies.ts";
import { clientChunk, payload } from "../support/frames.ts";
import { LANES, compare, rotate } from "../support/lanes.ts";
import type { MessageType } from "../support/frames.ts";
import type { Comparison } from "../support/lanes.ts";
import { loadPackage, startSdk } from "../support/otel.ts";
import type { Mode } from "../support/otel.ts";
import { answer, inputOf } from "../support/probe.ts";
import { DiscardingTransport, upgrade } from "../support/transport.ts";
import type { Loops } from "./loops.ts";

export interface HooksInput {
  readonly dist: string;
  readonly direction: "receive" | "send";
  readonly type: MessageType;
  /** Payload bytes. */
  readonly size: number;
  /** `by hand`: two instruments in the application's own listener instead of this package. */
  readonly mode: Exclude<Mode, "plain"> | "by hand";
  /** Which of the copies is observed; turned round from process to process. */
  readonly observed: number;
  readonly rounds: number;
  /** Messages of one window, about. */
  readonly messages: number;
}

export interface HooksOutput {
  readonly nanoseconds: Comparison;
  /** Meaningful where the young generation held a whole window. */
  readonly bytes: Comparison;
}

await answer(await measure(inputOf() as HooksInput));

async function measure({ direction, type, size, mode, observed, rounds, ...input }: HooksInput): Promise<HooksOutput> {
  const observing = await loadPackage(input.dist);
  const sdk = startSdk(observing);
  const chunk = clientChunk(size, type);
  const message = payload(size, type);
  const chunks = Math.ceil(input.messages / chunk.frames);

  const runs: (() => void)[] = [];
  for (let lane = 0; lane < LANES; lane += 1) {
    const server = new (privateCopy().WebSocketServer)({ noServer: true });
    if (lane === observed && mode !== "by hand") observing.observeServer(server, sdk.options(mode));
    const transport = new DiscardingTransport();
    const socket = upgrade(server, transport);
    const loops = (await import(`./loops.ts?lane=${String(lane)}`)) as Loops;
    loops.listen(socket);
    if (lane === observed && mode === "by hand") countByHand(socket, sdk.meterProvider.getMeter("by hand"));
    runs.push(
      direction === "receive"
        ? () => loops.receive(transport, chunk.bytes, chunks)
        : () => loops.send(socket, message, chunks * chunk.frames),
    );
  }

  const warmUp = 20;
  const results = await rotate({ warmUp, measured: rounds }, async (lane) => {
    const cost = clock(runs[lane]!, chunks * chunk.frames);
    // Lets the streams run what they deferred to the next tick.
    await new Promise((resolve) => void setImmediate(resolve));
    return cost;
  });

  const expected = mode === "by hand" ? 0 : (warmUp + rounds) * chunks * chunk.frames;
  const counted = await sdk.messages();
  if (counted !== expected) throw new Error(`bench: ${String(counted)} of ${String(expected)} messages were counted`);
  return {
    nanoseconds: compare(results, "nanoseconds", observed, "difference"),
    bytes: compare(results, "bytes", observed, "difference"),
  };
}

function clock(run: () => void, messages: number): Record<"nanoseconds" | "bytes", number> {
  const heap = process.memoryUsage().heapUsed;
  const start = performance.now();
  run();
  const nanoseconds = ((performance.now() - start) * 1e6) / messages;
  return { nanoseconds, bytes: (process.memoryUsage().heapUsed - heap) / messages };
}

/** What blog posts do: a counter and a histogram, each with the message's attributes. */
function countByHand(socket: WebSocket, meter: Meter): void {
  const messages = meter.createCounter("messages");
  const sizes = meter.createHistogram("message.size");
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    const attributes = { route: "/chat", direction: "received", type: isBinary ? "binary" : "text" };
    messages.add(1, attributes);
    sizes.record(data.length, attributes);
  });
}
