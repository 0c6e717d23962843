// Prints what the store of 100,000 clients weighs, in bytes of heap. Needs --expose-gc.
import { Clients } from "../../../src/core/clients.ts";
import type { Connection } from "../../../src/core/connection.ts";
import { MemoryReconnectionStore } from "../../../src/core/health/reconnections.ts";
import type { Signals } from "../../../src/core/signals.ts";

const RULES = { threshold: 5, window: 60_000 };
const START = 1_790_000_000_000;
const CLIENTS = 100_000;

function heap(): number {
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
}

/** Ids as from a database, made by `id`; all connect, leave and come back within a second. */
function fill(store: MemoryReconnectionStore, from: number, id: (index: number) => string): void {
  for (let index = from; index < from + CLIENTS; index += 1) {
    const now = START + index;
    store.connected(id(index), now, RULES);
    store.disconnected(id(index), "abnormal", now);
    store.connected(id(index), now + 1, RULES);
    if (index % 2 === 0) store.disconnected(id(index), "going_away", now + 2);
  }
}

const plain = (index: number): string => JSON.parse(`"user-${String(index).padStart(15, "0")}"`) as string;

const empty = heap();
const store = new MemoryReconnectionStore();
fill(store, 0, plain);
const hundredThousand = heap() - empty;
for (let round = 1; round <= 4; round += 1) fill(store, round * CLIENTS, plain);
const halfAMillion = heap() - empty;
for (let round = 5; round <= 9; round += 1) fill(store, round * CLIENTS, plain);
const million = heap() - empty;

// Ids that are cut out of headers of 4 KB each, as hooks of applications do it.
const beforeHeaders = heap();
const other = new MemoryReconnectionStore();
const signals = { count() {}, duration() {}, read: () => () => {} } as unknown as Signals;
const clientId = ({ headers }: { headers: Record<string, unknown> }): string => String(headers["cookie"]).slice(8, 28);
const clients = new Clients(signals, clientId, { ...RULES, store: other, describeClient: undefined });
for (let index = 0; index < CLIENTS; index += 1) {
  const connection = { open: false, set: { attributes: {} } } as unknown as Connection;
  const cookie = Buffer.from(`session=${plain(index)}; ${"x".repeat(4000)}`).toString();
  clients.connected(connection, { headers: { cookie } });
  Clients.released(connection, "normal");
}
const cutFromHeaders = heap() - beforeHeaders;
const figures = { hundredThousand, halfAMillion, million, cutFromHeaders, sizes: [store.size, other.size] };
process.stdout.write(JSON.stringify(figures));
