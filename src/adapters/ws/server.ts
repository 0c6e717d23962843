/** The server's side of the opening handshake. */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { errorType } from "../../core/bounded.ts";
import { contain } from "../../core/contain.ts";
import type { HandshakeFacts, SpanFacts } from "../../core/facts.ts";
import type { Handshake, Observer } from "../../core/observer.ts";
import { hang, kConnection, kUpgrade } from "./internals.ts";
import type { PendingUpgrade, WsServer, WsTransport } from "./internals.ts";
import type { Method, Patches } from "./patches.ts";

const SWITCHING_PROTOCOLS = 101;
const ANSWERS = ["write", "end"] as const;
type Answering = Record<(typeof ANSWERS)[number], (...args: unknown[]) => unknown>;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;

/** Wraps `handleUpgrade`, through which every accepted and refused upgrade of a `ws` server goes. */
export function patchServer(
  patches: Patches,
  prototype: object,
  observerOf: (server: WsServer) => Observer | undefined,
): void {
  patches.method(prototype, "handleUpgrade", (original: Method) => {
    return function handleUpgrade(
      this: WsServer,
      request: IncomingMessage,
      transport: WsTransport,
      ...rest: unknown[]
    ): unknown {
      const observer = observerOf(this);
      const pending =
        observer === undefined ? undefined : contain("upgrade", () => begin(observer, this, request, transport));
      if (pending === undefined) return original.call(this, request, transport, ...rest);
      try {
        return original.call(this, request, transport, ...rest);
      } catch (error) {
        pending.fail(errorType(error));
        throw error;
      } finally {
        pending.returned();
      }
    };
  });
}

/** A `ws` server's upgrade request as facts. */
export class ServerFacts implements HandshakeFacts {
  readonly role = "server" as const;
  readonly request: IncomingMessage;
  readonly configuredPath: string | undefined;
  readonly #transport: WsTransport;

  constructor(server: WsServer, request: IncomingMessage, transport: WsTransport) {
    this.request = request;
    this.configuredPath = server.options.path ?? undefined;
    this.#transport = transport;
  }

  /** As the client asked for it: what a TLS-terminating proxy says comes before what this process sees. */
  get scheme(): "ws" | "wss" {
    const forwarded = header(this.request, "x-forwarded-proto");
    if (forwarded !== undefined) return /^\s*(https|wss)\b/i.test(forwarded) ? "wss" : "ws";
    return this.#transport.encrypted === true ? "wss" : "ws";
  }

  describe(): SpanFacts {
    const { request } = this;
    const target = request.url ?? "";
    const mark = target.indexOf("?");
    const host = hostAndPort(header(request, "host"));
    return {
      path: mark === -1 ? target : target.slice(0, mark),
      query: mark === -1 ? undefined : target.slice(mark + 1),
      serverAddress: host?.address,
      serverPort: host?.port ?? (this.scheme === "wss" ? 443 : 80),
      clientAddress: forwardedFor(request) ?? this.#transport.remoteAddress,
      userAgent: header(request, "user-agent"),
    };
  }
}

/** Watches a transport from the upgrade request to the answer, whatever the answer is. */
class Upgrade implements PendingUpgrade {
  readonly handshake: Handshake;
  readonly #transport: WsTransport;
  readonly #restore: readonly (() => void)[];
  readonly #onClose = (): void => this.fail("aborted");

  constructor(handshake: Handshake, transport: WsTransport) {
    this.handshake = handshake;
    this.#transport = transport;
    hang(transport, kUpgrade, this);
    // The answer begins with its status, whether it leaves through end() (ws 8) or write() and destroy() (ws 7).
    this.#restore = ANSWERS.map((name) => this.#watch(name));
  }

  /** Stands in for one of the transport's methods until the answer; returns what puts everything back. */
  #watch(name: (typeof ANSWERS)[number]): () => void {
    const transport = this.#transport;
    const own = Object.getOwnPropertyDescriptor(transport, name);
    const original = (transport as unknown as Answering)[name];
    const value = (...args: unknown[]): unknown => {
      contain("refused upgrade", () => this.#answered(args[0], name === "end"));
      return original.apply(transport, args);
    };
    Object.defineProperty(transport, name, { configurable: true, writable: true, enumerable: false, value });
    return () => {
      if ((transport as unknown as Answering)[name] !== value) return;
      if (own === undefined) Reflect.deleteProperty(transport, name);
      else Object.defineProperty(transport, name, own);
    };
  }

  /** `handleUpgrade` has returned; only if the answer is still to come does the transport need a listener. */
  returned(): void {
    if (this.#transport[kUpgrade] !== this) return;
    if (this.#transport.destroyed) this.#onClose();
    else this.#transport.once("close", this.#onClose);
  }

  release(): void {
    const transport = this.#transport;
    if (transport[kUpgrade] !== this) return;
    transport[kUpgrade] = undefined;
    for (const restore of this.#restore) restore();
    transport.removeListener("close", this.#onClose);
  }

  fail(type: string): void {
    this.release();
    contain("failed upgrade", () => this.handshake.failed(type));
  }

  #answered(answer: unknown, last: boolean): void {
    const text = typeof answer === "string" || answer instanceof Uint8Array ? String(answer.slice(0, 16)) : "";
    const status = Number(STATUS_LINE.exec(text)?.[1]);
    if (status === SWITCHING_PROTOCOLS || (Number.isNaN(status) && !last)) return;
    this.release();
    if (Number.isNaN(status)) this.handshake.failed("aborted");
    else this.handshake.refused(status);
  }
}

function begin(
  observer: Observer,
  server: WsServer,
  request: IncomingMessage,
  transport: WsTransport,
): Upgrade | undefined {
  // Another protocol's upgrade (`h2c`) is no WebSocket handshake; a second call for one socket is an error of ws.
  if (header(request, "upgrade")?.toLowerCase() !== "websocket") return undefined;
  if (transport[kUpgrade] !== undefined || transport[kConnection] !== undefined) return undefined;
  return new Upgrade(observer.begin(new ServerFacts(server, request, transport)), transport);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : value?.[0];
}

/** The first, original client of `X-Forwarded-For`, if it is an address at all. */
function forwardedFor(request: IncomingMessage): string | undefined {
  const first = header(request, "x-forwarded-for")?.split(",", 1)[0]?.trim();
  return first !== undefined && isIP(first) !== 0 ? first : undefined;
}

/** Host header (RFC 9110 section 7.2): `example.com`, `example.com:8080`, `[::1]:8080`. */
function hostAndPort(host: string | undefined): { address: string; port: number | undefined } | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:/?#@\s]{1,255})(?::(\d{1,5}))?$/.exec(host ?? "");
  if (match?.[1] === undefined) return undefined;
  const address = match[1].startsWith("[") ? match[1].slice(1, -1) : match[1];
  return { address, port: match[2] === undefined ? undefined : Number(match[2]) };
}
