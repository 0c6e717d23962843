/** Sessions of engine.io, which Socket.IO is built on, that stay on HTTP polling. */
import { contain } from "../../core/contain.ts";
import { invalid } from "../../core/validate.ts";
import { UPGRADE_FAILED } from "./types.ts";
import type { EngineServer, EngineSession, EngineTransport, Fallback } from "./types.ts";

/**
 * Reports each session that stays on polling for `limit` milliseconds, or goes on with it after a failed upgrade.
 * Returns what undoes it.
 * @throws TypeError if this is neither a server of engine.io nor one of Socket.IO that is attached
 */
export function watchEngineServer(target: unknown, limit: number, report: (fallback: Fallback) => void): () => void {
  const engine = engineOf(target);
  const sessions = new Map<string, PollingSession>();
  const watch = (session: EngineSession): void => {
    if (session.transport.name !== "polling" || sessions.has(session.id)) return;
    sessions.set(session.id, new PollingSession(session, limit, report, () => sessions.delete(session.id)));
  };
  const onConnection = (session: EngineSession): void => {
    contain("engine.io session", () => watch(session));
  };
  /** An upgrade that the application's middleware turned away. */
  const onRefused = (refused: { req?: { _query?: { sid?: string; transport?: string } } } | undefined): void => {
    const query = refused?.req?._query;
    if (query?.transport === "websocket" && typeof query.sid === "string") sessions.get(query.sid)?.upgradeFailed();
  };
  engine.on("connection", onConnection);
  engine.on("connection_error", onRefused);
  for (const session of Object.values(engine.clients)) onConnection(session);
  return () => {
    engine.off("connection", onConnection);
    engine.off("connection_error", onRefused);
    for (const session of sessions.values()) session.end();
  };
}

/** A session for as long as it is on polling and has not been reported. */
class PollingSession {
  readonly #session: EngineSession;
  readonly #report: (fallback: Fallback) => void;
  readonly #ended: () => void;
  readonly #timer: NodeJS.Timeout;
  #failed = false;

  constructor(session: EngineSession, limit: number, report: (fallback: Fallback) => void, ended: () => void) {
    this.#session = session;
    this.#report = report;
    this.#ended = ended;
    this.#timer = setTimeout(this.#fellBack, limit).unref();
    session.on("upgrading", this.#onUpgrading);
    session.on("upgrade", this.end);
    session.on("close", this.end);
  }

  /** The client may be gone altogether: what comes next over polling shows that it is not. */
  upgradeFailed(): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#session.on("packet", this.#fellBack);
  }

  /** It is upgraded, closed, reported or not observed any more. */
  readonly end = (): void => {
    clearTimeout(this.#timer);
    this.#session.off("upgrading", this.#onUpgrading);
    this.#session.off("upgrade", this.end);
    this.#session.off("close", this.end);
    this.#session.off("packet", this.#fellBack);
    this.#ended();
  };

  readonly #onUpgrading = (transport: EngineTransport): void => {
    if (transport.name !== "websocket") return;
    transport.once("close", () => {
      if (this.#session.transport !== transport && this.#session.readyState === "open") this.upgradeFailed();
    });
  };

  readonly #fellBack = (): void => {
    this.end();
    this.#report({ transport: "polling", error: this.#failed ? UPGRADE_FAILED : undefined });
  };
}

function engineOf(target: unknown): EngineServer {
  const candidate = target as (Partial<EngineServer> & { engine?: Partial<EngineServer> }) | null | undefined;
  const engine = candidate?.engine ?? candidate;
  const emits = typeof engine?.on === "function" && typeof engine.off === "function";
  if (emits && typeof engine.clients === "object") return engine as EngineServer;
  const mend = "pass a Server of socket.io, once listen() or attach() was called, or one of engine.io";
  throw invalid("server", "a server of Socket.IO or engine.io", target, mend);
}
