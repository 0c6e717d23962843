/** The process of a scenario's clients. They know nothing of telemetry. */
import { live } from "./client.ts";
import { Clock } from "./clock.ts";
import type { Ending, FromChild, Population, StartClients } from "./model.ts";

/** The first pause before another attempt, which doubles with each attempt in vain, and the longest; in minutes. */
const BACKOFF = { least: 1 / 60, most: 0.5 };
/** Milliseconds between reports. */
const REPORT = 500;

const closes: Record<string, number> = {};
const tally = { open: 0, accepted: 0, refused: 0, closes };
const watcher = {
  accepted: (): void => {
    tally.accepted += 1;
    tally.open += 1;
  },
  refused: (): void => {
    tally.refused += 1;
  },
  closed: (code: number): void => {
    tally.open -= 1;
    closes[code] = (closes[code] ?? 0) + 1;
  },
};

/** Takes the endings of a population in turn, so that their shares are exact. */
function endingsOf({ endings }: Population): () => Ending {
  let taken = 0;
  return () => {
    const ending = endings[taken % endings.length];
    if (ending === undefined) throw new Error("endings: expected at least one, got none");
    taken += 1;
    return ending;
  };
}

/** One client after the other in the same place, each coming back for as long as it wants to. */
async function place(
  index: number,
  population: Population,
  nextEnding: () => Ending,
  { port }: StartClients,
  clock: Clock,
): Promise<never> {
  const { name, clients, from, over, life, away } = population;
  await clock.pause(from + (over * index) / clients);
  let person = 0;
  let failures = 0;
  // The first lives end one after the other, and not all at once.
  let first = true;
  for (;;) {
    const ending = nextEnding();
    const share = first ? (index + 0.5) / clients : 0.8 + 0.4 * Math.random();
    const id = `${name.replaceAll(" ", "-")}-${index}-${person}`;
    const outcome = await live(port, id, population, { life: life * share, ending }, clock, watcher);
    if (outcome.kind === "closed") {
      first = false;
      failures = 0;
      if (outcome.planned && (ending === "done" || ending === "left")) person += 1;
    }
    const backoff = Math.min(BACKOFF.most, BACKOFF.least * 2 ** failures) * (0.5 + Math.random() / 2);
    if (outcome.kind === "refused") failures += 1;
    await clock.pause(outcome.kind === "closed" && outcome.planned ? away : backoff);
  }
}

function send(message: FromChild): void {
  // A runner that is gone has no use for it.
  if (process.connected) process.send?.(message);
}

// A runner that was killed must not leave the clients behind.
process.on("disconnect", () => process.exit(1));
process.on("message", (start: StartClients) => {
  const clock = new Clock(start.scale);
  for (const population of start.populations) {
    const nextEnding = endingsOf(population);
    for (let index = 0; index < population.clients; index += 1) void place(index, population, nextEnding, start, clock);
  }
  setInterval(() => send({ kind: "tally", ...tally }), REPORT);
});
send({ kind: "ready" });
