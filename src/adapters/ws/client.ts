/** The client's side of the opening handshake. */
import { errorMonitor } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { errorType } from "../../core/bounded.ts";
import { contain } from "../../core/contain.ts";
import type { HandshakeFacts, HandshakeRequest, SpanFacts } from "../../core/facts.ts";
import type { Handshake, Observer } from "../../core/observer.ts";
import { hang, kHandshake } from "./internals.ts";
import type { PendingClient, WsWebSocket } from "./internals.ts";
import type { Patches } from "./patches.ts";

/**
 * Sees each client's request at the one moment at which it exists and is not sent: when the constructor stores
 * it in `_req`. Nothing of the application's is listened to or replaced for that.
 */
export function patchClient(
  patches: Patches,
  prototype: object,
  observerOf: (socket: WsWebSocket) => Observer | undefined,
): boolean {
  return patches.accessor(prototype, "_req", function set(this: WsWebSocket, value: ClientRequest | null): void {
    Object.defineProperty(this, "_req", { value, writable: true, enumerable: true, configurable: true });
    if (value === null) return;
    const observer = observerOf(this);
    if (observer !== undefined) contain("client handshake", () => observeRequest(observer, this, value));
  });
}

/** Observes the handshake of a client that has its request already but has not opened. */
export function observeRequest(observer: Observer, socket: WsWebSocket, request: ClientRequest): void {
  const pending = new ClientHandshake(observer.begin(new ClientFacts(socket, request)), socket);
  hang(socket, kHandshake, pending);
  pending.watch(request);
}

/** A client's endpoint as facts. */
export class ClientFacts implements HandshakeFacts {
  readonly role = "client" as const;
  readonly request: HandshakeRequest;
  readonly scheme: "ws" | "wss";
  readonly serverAddress: string | undefined;
  readonly serverPort: number | undefined;
  readonly #url: string;

  constructor(socket: WsWebSocket, request?: ClientRequest) {
    const url = new URL(socket.url);
    this.#url = url.href;
    this.request = { url: url.href, headers: request?.getHeaders() ?? {} };
    this.scheme = url.protocol === "wss:" || url.protocol === "https:" ? "wss" : "ws";
    if (url.hostname !== "") {
      this.serverAddress = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
      this.serverPort = url.port === "" ? (this.scheme === "wss" ? 443 : 80) : Number(url.port);
    }
  }

  describe(): SpanFacts {
    return { fullUrl: this.#url };
  }
}

/** Follows a client's request, and those it is redirected to, to the handshake's end. */
class ClientHandshake implements PendingClient {
  readonly handshake: Handshake;
  readonly #socket: WsWebSocket;
  #request: ClientRequest | undefined;
  /** Why the request failed, where its error does not say it. */
  #reason: "aborted" | "timeout" | "invalid_response" | undefined;

  constructor(handshake: Handshake, socket: WsWebSocket) {
    this.handshake = handshake;
    this.#socket = socket;
  }

  watch(request: ClientRequest): void {
    this.#request = request;
    contain("trace context", () => this.handshake.inject((name, value) => request.setHeader(name, value)));
    request.once(errorMonitor, (error: unknown) => this.#fail(request, error));
    request.once("timeout", () => (this.#reason ??= "timeout"));
    request.once("upgrade", () => (this.#reason ??= "invalid_response"));
    request.once("response", (response: IncomingMessage) => this.#answered(request, response));
    request.once("close", () => this.#fail(request, undefined));
  }

  giveUp(): void {
    this.#reason = "aborted";
  }

  ended(): void {
    contain("client handshake", () => this.handshake.failed(this.#reason ?? "_OTHER"));
  }

  /** An answer that is no upgrade: a refusal, or a redirection that `ws` follows with a new request at once. */
  #answered(request: ClientRequest, response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) this.#expectRedirect();
    process.nextTick(() => {
      if (request === this.#request) contain("client handshake", () => this.handshake.refused(status));
    });
  }

  #fail(request: ClientRequest, error: unknown): void {
    if (request !== this.#request || this.handshake.ended) return;
    const upgraded = this.#reason === "invalid_response";
    if (upgraded && error === undefined) return; // setSocket or emitClose follows and knows the result
    contain("client handshake", () =>
      this.handshake.failed(this.#reason ?? (error === undefined ? "_OTHER" : errorType(error))),
    );
  }

  /** Makes the next assignment to `_req`, in this same tick, known. */
  #expectRedirect(): void {
    const socket = this.#socket;
    let current = socket._req;
    const store = (value: ClientRequest | null): void => {
      Object.defineProperty(socket, "_req", { value, writable: true, enumerable: true, configurable: true });
    };
    Object.defineProperty(socket, "_req", {
      configurable: true,
      enumerable: true,
      get: () => current,
      set: (value: ClientRequest | null) => {
        current = value;
        store(value);
        if (value !== null) contain("client redirect", () => this.watch(value));
      },
    });
  }
}
