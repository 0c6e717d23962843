/** The parts of engine.io 4 to 6 and engine.io-client 4 to 6 that the adapter relies on, as structural types. */

/** `error.type` of an upgrade to WebSocket that did not succeed, whatever the reason. */
export const UPGRADE_FAILED = "upgrade_failed";

/** A session or client that goes on without WebSocket. */
export interface Fallback {
  readonly transport: "polling" | "webtransport";
  readonly error: string | undefined;
}

type Listener = (argument: never) => void;

interface Emitter {
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

export interface EngineTransport {
  readonly name: string;
  once(event: "close", listener: () => void): unknown;
}

/** A client's session on the server. */
export interface EngineSession extends Emitter {
  readonly id: string;
  readonly readyState: string;
  readonly transport: EngineTransport;
}

export interface EngineServer extends Emitter {
  readonly clients: Readonly<Record<string, EngineSession>>;
}

/** A client's session on the client; a new one for each connection. */
export interface EngineClient extends Emitter {
  readonly readyState: string;
  readonly transport?: { readonly name: string } | undefined;
  readonly opts?: { readonly transports?: readonly unknown[] | undefined } | undefined;
  /** The transports that the server offers; public before 6.6. */
  readonly _upgrades?: readonly string[] | undefined;
  readonly upgrades?: readonly string[] | undefined;
}

/** What keeps a Socket.IO client connected. */
export interface SocketManager extends Emitter {
  readonly engine?: EngineClient | undefined;
}
