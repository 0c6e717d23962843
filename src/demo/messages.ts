/** What the demo's processes tell each other over IPC. */

/** From the parent to a child. */
export type ToChild =
  /** Clients only: connect to the server on `port`; nothing listens on `closedPort`. */
  | { kind: "start"; port: number; closedPort: number; clients: number }
  /** End the connections, export what there is, and exit. */
  | { kind: "stop" };

/** From a child to the parent. */
export type ToParent =
  /** The server listens, with its port; or the clients are ready to start. */
  { kind: "ready"; port?: number };

/** Paths that the demo's server serves. */
export const paths = { chat: "/chat", ticker: "/ticker" } as const;

/** Chat messages that ask the server for something instead of going to the room. */
export const requests = {
  /** Close with an application's code. */
  expire: "/expire",
  /** Cut the connection without a close frame. */
  drop: "/drop",
  /** Close as a server does that goes away. */
  leave: "/leave",
} as const;

/** The server's `maxPayload`, in bytes. */
export const largestMessage: number = 256 * 1024;
