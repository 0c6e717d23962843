import fc from "fast-check";
import type { Reconnection, ReconnectionRules } from "../../src/index.ts";

/** Something that happens to a client. */
export type Step =
  | { kind: "connect"; client: string; after: number }
  | { kind: "disconnect"; client: string; after: number; closeClass: string | undefined };

/** Steps of a few clients, seconds apart; more often than not a client that is there leaves. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("connect" as const),
      client: fc.constantFrom("ann", "bob", "eve"),
      after: fc.integer({ min: 0, max: 4000 }),
    }),
    fc.record({
      kind: fc.constant("disconnect" as const),
      client: fc.constantFrom("ann", "bob", "eve"),
      after: fc.integer({ min: 0, max: 4000 }),
      closeClass: fc.constantFrom("normal", "abnormal", undefined),
    }),
  ),
  { maxLength: 60 },
);

interface Entry {
  kind: Step["kind"];
  at: number;
  closeClass: string | undefined;
}

/** What a store has to answer, from the whole history and without any thought about memory. */
export class Model {
  readonly #rules: ReconnectionRules;
  readonly #ttl: number;
  readonly #history = new Map<string, Entry[]>();
  readonly #reconnections = new Map<string, number[]>();

  constructor(rules: ReconnectionRules, ttl: number) {
    this.#rules = rules;
    this.#ttl = ttl;
  }

  /** Connections that a client has open. */
  open(client: string): number {
    return (this.#history.get(client) ?? []).reduce((open, { kind }) => open + (kind === "connect" ? 1 : -1), 0);
  }

  connected(client: string, now: number): Reconnection | undefined {
    const open = this.open(client);
    const last = this.#history.get(client)?.at(-1);
    this.#add(client, { kind: "connect", at: now, closeClass: undefined });
    if (open > 0 || last === undefined) return undefined;
    if (now - last.at > this.#ttl) {
      this.#reconnections.delete(client);
      return undefined;
    }
    if (last.closeClass === undefined) return undefined;
    const all = [...(this.#reconnections.get(client) ?? []), now];
    this.#reconnections.set(client, all);
    const recent = Math.min(this.#within(all, now), this.#rules.threshold);
    return { delay: (now - last.at) / 1000, previousCloseClass: last.closeClass, recent };
  }

  disconnected(client: string, closeClass: string | undefined, now: number): void {
    this.#add(client, { kind: "disconnect", at: now, closeClass });
  }

  frequent(now: number): number {
    return [...this.#reconnections.values()].filter((all) => this.#within(all, now) >= this.#rules.threshold).length;
  }

  #add(client: string, entry: Entry): void {
    this.#history.set(client, [...(this.#history.get(client) ?? []), entry]);
  }

  #within(all: number[], now: number): number {
    return all.filter((time) => now - time < this.#rules.window).length;
  }
}
