import { ATTR_WEBSOCKET_CLOSE_CLASS } from "../semconv.ts";
import type { Connection } from "./connection.ts";
import { contain, reportOnce } from "./contain.ts";
import type { HandshakeRequest } from "./facts.ts";
import type { ResolvedHealth } from "./health/options.ts";
import type { Reconnection, ReconnectionStore } from "./health/reconnections.ts";
import { StoreCalls } from "./health/store-calls.ts";
import type { Signals } from "./signals.ts";

/** Longer identities are cut: what a peer sends must not fill the store. */
const MAX_CLIENT_LENGTH = 256;

/** What is kept of a client while its connection is open. */
interface Connected {
  readonly client: string;
  readonly clients: Clients;
}

/** Those who knew a connection's client stay responsible for it: options may change before the connection ends. */
const connected = new WeakMap<Connection, Connected>();
/** Who reads a store's frequent reconnectors: of observers that share a store, the first. */
const readers = new WeakMap<ReconnectionStore, Set<Clients>>();

/** Knows which client a connection is of, and counts those that come back. */
export class Clients {
  readonly #signals: Signals;
  readonly #clientId: (request: HandshakeRequest) => string | undefined;
  readonly #rules: ResolvedHealth["reconnections"];
  readonly #calls = new StoreCalls();
  readonly #undo: () => void;
  #frequent = 0;

  constructor(
    signals: Signals,
    clientId: (request: HandshakeRequest) => string | undefined,
    rules: ResolvedHealth["reconnections"],
  ) {
    this.#signals = signals;
    this.#clientId = clientId;
    this.#rules = rules;
    const { store } = rules;
    const sharing = readers.get(store) ?? new Set();
    readers.set(store, sharing.add(this));
    const undo = signals.read({ frequentReconnectors: () => this.#readFrequent() });
    this.#undo = () => {
      undo();
      sharing.delete(this);
    };
  }

  /** A connection is open. */
  connected(connection: Connection, request: HandshakeRequest): void {
    const given: unknown = contain("clientId", () => this.#clientId(request));
    if (given === undefined || given === "") return;
    if (typeof given !== "string") {
      reportOnce("clientId", "expected a string or undefined");
      return;
    }
    const client = copy(given.slice(0, MAX_CLIENT_LENGTH));
    connected.set(connection, { client, clients: this });
    const { store, describeClient } = this.#rules;
    if (describeClient !== undefined && connection.trace !== undefined) {
      const description: unknown = contain("reconnections.describeClient", () => describeClient(client));
      if (typeof description === "string") connection.trace.client(description.slice(0, MAX_CLIENT_LENGTH));
      else if (description !== undefined) reportOnce("reconnections.describeClient", "expected a string");
    }
    const now = Date.now();
    this.#calls.ask(
      client,
      () => store.connected(client, now, this.#rules),
      (reconnection) => {
        if (reconnection != null) this.#reconnected(connection, reconnection);
      },
    );
  }

  /** A connection has ended, or, without a class, goes on unobserved. */
  static released(connection: Connection, closeClass: string | undefined): void {
    const known = connected.get(connection);
    if (known === undefined) return;
    connected.delete(connection);
    const { client, clients } = known;
    const { store } = clients.#rules;
    const now = Date.now();
    clients.#calls.ask(
      client,
      () => store.disconnected(client, closeClass, now, clients.#rules),
      (reconnection) => {
        if (reconnection != null) clients.#reconnected(connection, reconnection);
      },
    );
  }

  stop(): void {
    this.#undo();
  }

  #reconnected(connection: Connection, { delay, previousCloseClass, recent }: Reconnection): void {
    const { attributes } = connection.set;
    const point =
      previousCloseClass === undefined
        ? attributes
        : { ...attributes, [ATTR_WEBSOCKET_CLOSE_CLASS]: previousCloseClass };
    this.#signals.count("server", "reconnections", point);
    if (delay !== undefined) this.#signals.duration("server", "reconnection.delay", delay, attributes);
    if (connection.open) connection.health.reconnections = recent;
  }

  /** The number known now; a store that answers later is known at the next collection. */
  #readFrequent(): number {
    const { store } = this.#rules;
    const [first] = readers.get(store) ?? [];
    if (first !== this) return 0;
    this.#calls.ask(
      "",
      () => store.frequent(Date.now()),
      (count) => {
        this.#frequent = count;
      },
    );
    return this.#frequent;
  }
}

/** A string of its own: V8 keeps a whole header or URL alive for a part that was cut out of it. */
function copy(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
