/** Clients of engine.io, which Socket.IO is built on, that go on without WebSocket. */
import { contain } from "../../core/contain.ts";
import { invalid } from "../../core/validate.ts";
import { UPGRADE_FAILED } from "./types.ts";
import type { EngineClient, Fallback, SocketManager } from "./types.ts";

/**
 * Milliseconds after a failed upgrade at which a client must still be there: an upgrade fails as well when the
 * connection as a whole breaks, which polling notices later.
 */
const SETTLING = 1000;

/**
 * Reports each time that a client goes on without WebSocket after it failed. Returns what undoes it.
 * @throws TypeError if this is no client of engine.io or Socket.IO
 */
export function watchEngineClient(target: unknown, report: (fallback: Fallback) => void): () => void {
  const given = target as { io?: unknown } | null | undefined;
  const client = (given?.io ?? given) as Partial<Record<string, unknown>> | null | undefined;
  if (typeof client?.["on"] === "function" && typeof client["off"] === "function") {
    if (Array.isArray(client["transports"])) return watch(client as unknown as EngineClient, report);
    // A manager without a connection has an address and no engine yet.
    if ("engine" in client || "uri" in client) return watchManager(client as unknown as SocketManager, report);
  }
  const mend = "pass what io() of socket.io-client returns, its manager, or a Socket of engine.io-client";
  throw invalid("socket", "a client of Socket.IO or engine.io", target, mend);
}

/** A manager makes a new engine for each connection. */
function watchManager(manager: SocketManager, report: (fallback: Fallback) => void): () => void {
  let engine: EngineClient | undefined;
  let undo: (() => void) | undefined;
  const follow = (): void => {
    if (manager.engine === undefined || manager.engine === engine) return;
    undo?.();
    engine = manager.engine;
    undo = watch(engine, report);
  };
  follow();
  manager.on("open", follow);
  return () => {
    manager.off("open", follow);
    undo?.();
  };
}

function watch(engine: EngineClient, report: (fallback: Fallback) => void): () => void {
  const failed = new Set<string>();
  let reported = false;
  let settling: { unref?(): unknown } | undefined;
  const fellBack = (transport: Fallback["transport"]): void => {
    if (reported) return;
    reported = true;
    report({ transport, error: UPGRADE_FAILED });
  };
  // With `tryAllTransports` a WebSocket that did not open is followed by the next transport, without an event.
  const onOpen = (): void => {
    if (firstTransport(engine) === "websocket" && engine.transport?.name === "polling") fellBack("polling");
  };
  const onUpgradeError = (error: { transport?: unknown } | undefined): void => {
    // A session that ends makes the upgrade under way fail as well.
    if (engine.readyState !== "open" || typeof error?.transport !== "string") return;
    failed.add(error.transport);
    const offered = engine._upgrades ?? engine.upgrades ?? [];
    if (!failed.has("websocket") || !offered.every((name) => failed.has(name))) return;
    settling ??= setTimeout(onSettled, SETTLING);
    settling.unref?.();
  };
  const onSettled = (): void => {
    if (engine.readyState === "open" && engine.transport?.name === "polling") fellBack("polling");
  };
  const settle = (): void => clearTimeout(settling as NodeJS.Timeout | undefined);
  const onUpgrade = (transport: { name?: unknown } | undefined): void => {
    if (failed.has("websocket") && transport?.name === "webtransport") fellBack("webtransport");
  };
  const listeners = { open: onOpen, upgradeError: onUpgradeError, upgrade: onUpgrade, close: settle };
  for (const [event, listener] of Object.entries(listeners)) engine.on(event, listener);
  if (engine.readyState === "open") contain("engine.io client", onOpen);
  return () => {
    settle();
    for (const [event, listener] of Object.entries(listeners)) engine.off(event, listener);
  };
}

/** The transport that the application wanted first; a class or a name. */
function firstTransport(engine: EngineClient): unknown {
  const [first] = engine.opts?.transports ?? [];
  return typeof first === "function" ? (first.prototype as { name?: unknown }).name : first;
}
