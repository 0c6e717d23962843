/** One loaded copy of `ws`: which of its prototypes are patched, and for whom. */
import { reportOnce } from "../../core/contain.ts";
import type { Driver } from "../../core/facts.ts";
import type { Observer } from "../../core/observer.ts";
import { ClientFacts, patchClient } from "./client.ts";
import { driverOf } from "./driver.ts";
import { countsReceived, countsSent, patchHeartbeats, patchReceiver, patchSender } from "./frames.ts";
import { patchMessages } from "./interceptor.ts";
import { kObserver } from "./internals.ts";
import type { WsReceiver, WsSender, WsWebSocket } from "./internals.ts";
import { patchLifecycle } from "./lifecycle.ts";
import { Patches } from "./patches.ts";
import { patchPublicReceive, patchPublicSend } from "./fallback.ts";
import { patchServer } from "./server.ts";

/** Says on a prototype that it is instrumented, also to another installed version of this package. */
const MARK = Symbol.for("opentelemetry-websocket.patched");

/** Observers that see every server and every client of a copy. */
export interface CopyObservers {
  readonly server: Observer | undefined;
  readonly client: Observer | undefined;
}

const copies = new WeakMap<object, WsCopy>();

export class WsCopy {
  readonly driver: Driver = driverOf(() => patchMessages(this.#patches, this.#webSocket));
  readonly #patches = new Patches();
  readonly #webSocket: object;
  #frames = false;
  /** Who wants this copy patched: the module hooks, and each server or client observed by hand. */
  readonly #holders = new Set<object>();
  #observers: CopyObservers | undefined;

  private constructor(webSocket: object) {
    this.#webSocket = webSocket;
  }

  /** The copy that a WebSocket prototype belongs to. */
  static of(prototype: object): WsCopy {
    const known = copies.get(prototype);
    if (known !== undefined) return known;
    const created = new WsCopy(prototype);
    copies.set(prototype, created);
    return created;
  }

  /** Patches on behalf of `holder`; `server` is the prototype of its servers, where known. */
  hold(holder: object, server?: object): boolean {
    if (this.#holders.size === 0) {
      if (!this.#claim()) return false;
      this.#patch();
    }
    this.#holders.add(holder);
    if (server !== undefined) {
      patchServer(this.#patches, server, (one) => one[kObserver] ?? this.#observers?.server);
    }
    return true;
  }

  #patch(): void {
    const observerOf = (socket: WsWebSocket): Observer | undefined => socket[kObserver] ?? this.#observers?.client;
    patchLifecycle(this.#patches, this.#webSocket, {
      driver: this.driver,
      ensure: (socket) => this.ensureFrames(socket),
      known: () => this.#frames,
      adopt: (socket) => {
        const observer = socket._isServer ? undefined : observerOf(socket);
        if (observer === undefined) return undefined;
        reportOnce("ws client", "this version of ws is not known; clients are observed from when they are open");
        return { observer, facts: new ClientFacts(socket) };
      },
    });
    patchClient(this.#patches, this.#webSocket, observerOf);
  }

  /** Observes every server and client of this copy that has no observer of its own. */
  observeAll(observers: CopyObservers | undefined): void {
    this.#observers = observers;
  }

  /** Undoes `hold`; with the last holder the originals come back. */
  release(holder: object): void {
    if (!this.#holders.delete(holder) || this.#holders.size > 0) return;
    this.#patches.restore();
    this.#frames = false;
    Reflect.deleteProperty(this.#webSocket, MARK);
  }

  /** Patches Sender and Receiver, which are reached from the first socket that has them. */
  ensureFrames(socket: WsWebSocket): void {
    if (this.#frames || socket._sender === null || socket._receiver === null) return;
    this.patchFrames(socket._sender, socket._receiver);
  }

  /** The same from instances that were made to find out. */
  patchFrames(sender: WsSender, receiver: WsReceiver): void {
    this.#frames = true;
    patchHeartbeats(this.#patches, Object.getPrototypeOf(sender) as object, Object.getPrototypeOf(receiver) as object);
    if (countsSent(sender)) {
      patchSender(this.#patches, Object.getPrototypeOf(sender) as object);
    } else {
      reportOnce("ws sender", "this version of ws is not known; sent messages are counted at send()");
      patchPublicSend(this.#patches, this.#webSocket);
    }
    if (countsReceived(receiver)) {
      patchReceiver(this.#patches, Object.getPrototypeOf(receiver) as object);
    } else {
      reportOnce("ws receiver", "this version of ws is not known; received messages are counted at their event");
      patchPublicReceive(this.#patches, this.#webSocket);
    }
  }

  #claim(): boolean {
    if (Object.hasOwn(this.#webSocket, MARK)) {
      reportOnce("ws", "this copy of ws is observed by another installed version of this package; leaving it to that");
      return false;
    }
    Object.defineProperty(this.#webSocket, MARK, { value: true, configurable: true });
    return true;
  }
}
