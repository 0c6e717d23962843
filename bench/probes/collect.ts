/** How long a collection holds up a server with many open connections over loopback, and what it exports. */
import { privateCopy } from "../support/copies.ts";
import { affordable } from "../support/limits.ts";
import { loadPackage, startSdk } from "../support/otel.ts";
import type { Mode } from "../support/otel.ts";
import { connectPeers, listen } from "../support/peers.ts";
import { answer, inputOf } from "../support/probe.ts";

export interface CollectInput {
  readonly dist: string;
  readonly mode: Exclude<Mode, "plain">;
  readonly connections: number;
  readonly collections: number;
}

export interface CollectOutput {
  readonly connections: number;
  /** Milliseconds of each collection. */
  readonly few: number[];
  readonly many: number[];
  /** Points of a collection. */
  readonly pointsOfFew: number;
  readonly pointsOfMany: number;
}

const FEW = 10;

await answer(await measure(inputOf() as CollectInput));

async function measure(input: CollectInput): Promise<CollectOutput> {
  const observing = await loadPackage(input.dist);
  const sdk = startSdk(observing);
  const { server, port } = await listen(privateCopy());
  observing.observeServer(server, sdk.options(input.mode));
  const connections = affordable(input.connections);
  const collections = async (): Promise<number[]> => {
    const times: number[] = [];
    for (let index = 0; index < input.collections; index += 1) {
      const start = performance.now();
      await sdk.reader.collect();
      times.push(performance.now() - start);
      await new Promise((resolve) => void setImmediate(resolve));
    }
    return times;
  };
  const first = await connectPeers({ ports: [port], connections: FEW, drive: "once", size: 32 });
  const few = await collections();
  const pointsOfFew = await sdk.points();
  const rest = await connectPeers({ ports: [port], connections: connections - FEW, drive: "once", size: 32 });
  const many = await collections();
  const pointsOfMany = await sdk.points();
  first.stop();
  rest.stop();
  return { connections, few, many, pointsOfFew, pointsOfMany };
}
