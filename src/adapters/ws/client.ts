/** The client's side of the opening handshake. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { errorMonitor } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { trace } from "@opentelemetry/api";
import { hostAndPort } from "../../core/address.ts";
import { OTHER, errorType } from "../../core/bounded.ts";
import { contain, reportOnce } from "../../core/contain.ts";
import type { HandshakeFacts, HandshakeRequest, SpanFacts } from "../../core/facts.ts";
import type { Handshake, Observer } from "../../core/observer.ts";
import { bypassHttpInstrumentation, restoreHttp } from "./http-instrumentation.ts";
import { hang, kHandshake } from "./internals.ts";
import type { PendingClient, WsWebSocket } from "./internals.ts";
import type { Patches } from "./patches.ts";

/** Node publishes each client request here when it exists and none of it is sent (Node >= 22.12). */
const REQUEST_CREATED = "http.client.request.created";

const NOT_SUPPRESSED =
  'a span of the HTTP instrumentation was made all the same, because another library wraps http.request too; give HttpInstrumentation the option ignoreOutgoingRequestHook: ({ headers }) => headers?.["Sec-WebSocket-Key"] !== undefined';

/** Told of the request that the running constructor makes. */
let expecting: ((request: ClientRequest) => void) | undefined;

/**
 * Sees each client between two statements of its constructor: when it stores its URL, before it makes the request.
 * Nothing of the application's is listened to or replaced for that.
 */
export function patchClient(
  patches: Patches,
  prototype: object,
  observerOf: (socket: WsWebSocket) => Observer | undefined,
): void {
  // ws 7.0 keeps the URL in `url`; later ones in `_url`, with a getter of that name.
  const name = "url" in prototype ? "_url" : "url";
  patches.accessor(prototype, name, function set(this: WsWebSocket, value: string): void {
    Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    const observer = observerOf(this);
    if (observer !== undefined) expect((request) => observeRequest(observer, this, request), observer);
  });
  patches.effect(
    () => subscribe(REQUEST_CREATED, onRequest),
    () => void unsubscribe(REQUEST_CREATED, onRequest),
  );
}

function onRequest(message: unknown): void {
  const { request } = message as { request: ClientRequest };
  if (expecting === undefined || request.getHeader("sec-websocket-key") === undefined) return;
  const told = expecting;
  expecting = undefined;
  restoreHttp();
  contain("client handshake", () => told(request));
}

/** The request is made in the same tick or, if the constructor throws, never. */
function expect(made: (request: ClientRequest) => void, observer: Observer): void {
  const { suppressHttpSpan } = observer.options;
  const before = suppressHttpSpan ? contain("suppressHttpSpan", () => trace.getActiveSpan()) : undefined;
  const told = (request: ClientRequest): void => {
    if (suppressHttpSpan && trace.getActiveSpan() !== before) reportOnce("suppressHttpSpan", NOT_SUPPRESSED);
    made(request);
  };
  expecting = told;
  contain("suppressHttpSpan", suppressHttpSpan ? bypassHttpInstrumentation : restoreHttp);
  queueMicrotask(() => {
    if (expecting !== told) return;
    expecting = undefined;
    restoreHttp();
  });
}

/** Observes the handshake of a client whose request exists. */
export function observeRequest(observer: Observer, socket: WsWebSocket, request: ClientRequest): void {
  const pending = new ClientHandshake(observer, observer.begin(new ClientFacts(socket, request)));
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
    if (url.hostname !== "") ({ host: this.serverAddress, port: this.serverPort } = hostAndPort(url));
  }

  describe(): SpanFacts {
    return { fullUrl: this.#url };
  }
}

/** Follows a client's request, and those it is redirected to, to the handshake's end. */
class ClientHandshake implements PendingClient {
  readonly handshake: Handshake;
  readonly #observer: Observer;
  #request: ClientRequest | undefined;
  /** Why the request failed, where its error does not say it. */
  #reason: "aborted" | "timeout" | "invalid_response" | undefined;

  constructor(observer: Observer, handshake: Handshake) {
    this.#observer = observer;
    this.handshake = handshake;
  }

  watch(request: ClientRequest): void {
    this.#request = request;
    // Too late only for one socket that is observed by hand: its constructor has sent the request already.
    if (!request.headersSent) this.handshake.inject((name, value) => request.setHeader(name, value));
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
    contain("client handshake", () => this.handshake.failed(this.#reason ?? OTHER));
  }

  /** An answer that is no upgrade: a refusal, or a redirection that `ws` follows with a new request at once. */
  #answered(request: ClientRequest, response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) expect((next) => this.watch(next), this.#observer);
    process.nextTick(() => {
      if (request === this.#request) contain("client handshake", () => this.handshake.refused(status));
    });
  }

  #fail(request: ClientRequest, error: unknown): void {
    if (request !== this.#request || this.handshake.ended) return;
    // After an upgrade setSocket or emitClose follows, and knows how it went.
    if (this.#reason === "invalid_response" && error === undefined) return;
    const type = this.#reason ?? (error === undefined ? OTHER : errorType(error));
    contain("client handshake", () => this.handshake.failed(type));
  }
}
