/** What a scenario is made of. All times are minutes of the scenario; a time scale makes them shorter. */

/** How a client's connection ends, where nothing else ends it before. */
export type Ending =
  /** Closes with 1000; another client comes in its place. */
  | "done"
  /** Closes with 1001, as a page that is left; another client comes in its place. */
  | "left"
  /** Cuts the connection without a close frame (1006), and comes back. */
  | "lost"
  /** Sends a frame with a reserved opcode, which the server answers with 1002, and comes back. */
  | "bad frame"
  /** Sends text that is no UTF-8, which the server answers with 1007, and comes back. */
  | "bad text"
  /** Closes with 4000, and comes back. */
  | "application code"
  /** Says nothing any more, not even pongs, until the server ends the connection; and comes back. */
  | "silent";

/** Clients that behave alike. */
export interface Population {
  readonly name: string;
  readonly clients: number;
  /** When the first one connects; the others follow evenly within `over`. */
  readonly from: number;
  readonly over: number;
  /** How long a connection lasts. */
  readonly life: number;
  /** How long a client is away before it, or another one in its place, connects. */
  readonly away: number;
  /** Taken in turn. */
  readonly endings: readonly Ending[];
  /** What the server refuses: a missing token with 401, an unknown subprotocol with 400. @default nothing */
  readonly mistake?: "no token" | "unknown subprotocol";
  /** Whether the clients read what they are sent. @default true */
  readonly reads?: boolean;
}

/** Something that happens to the server. */
export interface Incident {
  readonly at: number;
  /**
   * - `deploy`: a SIGTERM, on which the application closes its connections with 1001; another process takes over.
   * - `deploy in haste`: the application does nothing on SIGTERM, so that the package reports what is open.
   * - `outage`: what the server needs is gone: listeners fail with 1011, upgrades get 503.
   */
  readonly kind: "deploy" | "deploy in haste" | "outage";
}

export interface Scenario {
  /** What happens, in one sentence. */
  readonly summary: string;
  /** How long it takes until everything has been seen. */
  readonly minutes: number;
  readonly populations: readonly Population[];
  readonly incidents?: readonly Incident[];
  /** How many connections the server is meant to hold. @default 200 */
  readonly capacity?: number;
  /** Whether the server sends heartbeats and ends connections that do not answer. @default true */
  readonly heartbeats?: boolean;
  /** Bytes a second that the server sends to everybody. @default none */
  readonly feed?: number;
}

/** From the runner to the clients. */
export interface StartClients {
  readonly port: number;
  readonly populations: readonly Population[];
  readonly scale: number;
}

/** From the clients to the runner, now and then: how many there were. */
export interface Tally {
  readonly open: number;
  readonly accepted: number;
  readonly refused: number;
  /** Connections that ended, by code. */
  readonly closes: Readonly<Record<string, number>>;
}

/** From the runner to the server; it answers with its port when it listens. */
export type ToServer = { readonly kind: "listen"; readonly port: number } | { readonly kind: "fail" };

export type FromChild =
  | { readonly kind: "ready" }
  | { readonly kind: "listening"; readonly port: number }
  | ({ readonly kind: "tally" } & Tally);
