/** Nanoseconds and bytes per message: three copies of `ws` in one process, of which one is observed. */
import { privateCopy } from "../support/copies.ts";
import { clientChunk } from "../support/frames.ts";
import { loadPackage, startSdk } from "../support/otel.ts";
import type { Mode } from "../support/otel.ts";
import { answer, inputOf } from "../support/probe.ts";
import { DiscardingTransport, upgrade } from "../support/transport.ts";
import type { Loops } from "./loops.ts";

export interface HooksInput {
  readonly dist: string;
  readonly direction: "receive" | "send";
  /** Payload bytes. */
  readonly size: number;
  readonly mode: Exclude<Mode, "plain">;
  /** Which of the three copies is observed; turned round from process to process. */
  readonly observed: number;
  readonly rounds: number;
  /** Messages of one window, about. */
  readonly messages: number;
}

/** What one window cost per message. */
interface Cost {
  readonly nanoseconds: number;
  readonly bytes: number;
}

export interface HooksOutput {
  /** Per round: the observed copy above the mean of the two plain ones. */
  readonly treated: Cost[];
  /** One plain copy above the other. */
  readonly control: Cost[];
  /** The mean of the two plain copies. */
  readonly plain: Cost[];
}

const WARM_UP_ROUNDS = 20;

await answer(await compare(inputOf() as HooksInput));

async function compare(input: HooksInput): Promise<HooksOutput> {
  const observing = await loadPackage(input.dist);
  const sdk = startSdk(observing);
  const chunk = clientChunk(input.size);
  const payload = Buffer.alloc(input.size, "x");
  const chunks = Math.ceil(input.messages / chunk.frames);
  const messages = chunks * chunk.frames;

  const windows: (() => Cost)[] = [];
  for (let copy = 0; copy < 3; copy += 1) {
    const server = new (privateCopy().WebSocketServer)({ noServer: true });
    if (copy === input.observed) observing.observeServer(server, sdk.options(input.mode));
    const transport = new DiscardingTransport();
    const socket = upgrade(server, transport);
    const loops = (await import(`./loops.ts?copy=${String(copy)}`)) as Loops;
    loops.listen(socket);
    windows.push(
      input.direction === "receive"
        ? () => measure(messages, () => loops.receive(transport, chunk.bytes, chunks))
        : () => measure(messages, () => loops.send(socket, payload, messages)),
    );
  }

  const output: HooksOutput = { treated: [], control: [], plain: [] };
  const [instrumented = 0, plainA = 0, plainB = 0] = [0, 1, 2].map((offset) => (input.observed + offset) % 3);
  for (let round = 0; round < WARM_UP_ROUNDS + input.rounds; round += 1) {
    const costs: Cost[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const copy = (round + turn) % 3;
      costs[copy] = windows[copy]!();
      // Lets the streams run what they deferred to the next tick.
      await new Promise((resolve) => void setImmediate(resolve));
    }
    if (round < WARM_UP_ROUNDS) continue;
    const plain = combine(costs[plainA]!, costs[plainB]!, (a, b) => (a + b) / 2);
    output.plain.push(plain);
    output.treated.push(combine(costs[instrumented]!, plain, (a, b) => a - b));
    output.control.push(combine(costs[plainB]!, costs[plainA]!, (a, b) => a - b));
  }
  const expected = (WARM_UP_ROUNDS + input.rounds) * messages;
  const counted = await sdk.messages();
  if (counted !== expected) throw new Error(`bench: ${String(counted)} of ${String(expected)} messages were counted`);
  return output;
}

function measure(messages: number, run: () => void): Cost {
  const heap = process.memoryUsage().heapUsed;
  const start = performance.now();
  run();
  const nanoseconds = ((performance.now() - start) * 1e6) / messages;
  return { nanoseconds, bytes: (process.memoryUsage().heapUsed - heap) / messages };
}

function combine(left: Cost, right: Cost, by: (left: number, right: number) => number): Cost {
  return { nanoseconds: by(left.nanoseconds, right.nanoseconds), bytes: by(left.bytes, right.bytes) };
}
