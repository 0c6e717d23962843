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
const CLIENT_ERROR = "wsClientError";
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;

/** Wraps `handleUpgrade`, through which every accepted and refused upgrade of a `ws` server goes. */
export function patchServer(
  patches: Patches,
  prototype: object,
  observerOf: (server: WsServer) => Observer | undefined,
): void {
  patches.method(prototype, "handleUpgrade", (original: Method) => {
    // Releases that know the event `wsClientError` refuse with end(); before them it was write() and destroy().
    const refusesWithEnd = String(original).includes(CLIENT_ERROR);
    return function handleUpgrade(
      this: WsServer,
      request: IncomingMessage,
      transport: WsTransport,
      ...rest: unknown[]
    ): unknown {
      const observer = observerOf(this);
      const pending =
        observer === undefined
          ? undefined
          : contain("upgrade", () => {
              // A listener of that event answers in its own way.
              const writesToo = !refusesWithEnd || this.listenerCount(CLIENT_ERROR) > 0;
              return begin(observer, this, request, transport, writesToo);
            });
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

/** The methods through which an answer leaves: end() in ws 8, write() and destroy() in ws 7. */
interface Answering {
  write: (...args: unknown[]) => unknown;
  end: (...args: unknown[]) => unknown;
}

/** Watches a transport from the upgrade request to the answer, whatever the answer is. */
class Upgrade implements PendingUpgrade {
  readonly handshake: Handshake;
  readonly #transport: WsTransport;
  readonly #write: Answering["write"];
  readonly #end: Answering["end"];
  #onClose: (() => void) | undefined;

  /** `writesToo`: the answer may leave through write() and destroy(). */
  constructor(handshake: Handshake, transport: WsTransport, writesToo: boolean) {
    this.handshake = handshake;
    this.#transport = transport;
    const methods = transport as unknown as Answering;
    this.#write = methods.write;
    this.#end = methods.end;
    hang(transport, kUpgrade, this);
    methods.end = watchedEnd;
    if (writesToo) methods.write = watchedWrite;
  }

  /** `handleUpgrade` has returned; only if the answer is still to come does the transport need a listener. */
  returned(): void {
    if (this.#transport[kUpgrade] !== this) return;
    if (this.#transport.destroyed) {
      this.fail("aborted");
      return;
    }
    this.#onClose = () => this.fail("aborted");
    this.#transport.once("close", this.#onClose);
  }

  release(): void {
    const transport = this.#transport;
    if (transport[kUpgrade] !== this) return;
    transport[kUpgrade] = undefined;
    // Assigned and not deleted: V8 keeps an object as a dictionary once a property of it was deleted, and a socket
    // that is a dictionary needs 1 kB more and every write to it 100 ns.
    const methods = transport as unknown as Answering;
    if (methods.write === watchedWrite) methods.write = this.#write;
    if (methods.end === watchedEnd) methods.end = this.#end;
    if (this.#onClose !== undefined) transport.removeListener("close", this.#onClose);
  }

  fail(type: string): void {
    this.release();
    contain("failed upgrade", () => this.handshake.failed(type));
  }

  write(args: unknown[]): unknown {
    contain("refused upgrade", () => this.#answered(args[0], false));
    return this.#write.apply(this.#transport, args);
  }

  end(args: unknown[]): unknown {
    contain("refused upgrade", () => this.#answered(args[0], true));
    return this.#end.apply(this.#transport, args);
  }

  /** The answer begins with its status. */
  #answered(answer: unknown, last: boolean): void {
    const text = typeof answer === "string" || answer instanceof Uint8Array ? String(answer.slice(0, 16)) : "";
    const status = Number(STATUS_LINE.exec(text)?.[1]);
    if (status === SWITCHING_PROTOCOLS || (Number.isNaN(status) && !last)) return;
    this.release();
    if (Number.isNaN(status)) this.handshake.failed("aborted");
    else this.handshake.refused(status);
  }
}

function watchedWrite(this: { [kUpgrade]: Upgrade }, ...args: unknown[]): unknown {
  return this[kUpgrade].write(args);
}

function watchedEnd(this: { [kUpgrade]: Upgrade }, ...args: unknown[]): unknown {
  return this[kUpgrade].end(args);
}

function begin(
  observer: Observer,
  server: WsServer,
  request: IncomingMessage,
  transport: WsTransport,
  writesToo: boolean,
): Upgrade | undefined {
  // Another protocol's upgrade (`h2c`) is no WebSocket handshake; a second call for one socket is an error of ws.
  if (header(request, "upgrade")?.toLowerCase() !== "websocket") return undefined;
  if (transport[kUpgrade] !== undefined || transport[kConnection] !== undefined) return undefined;
  return new Upgrade(observer.begin(new ServerFacts(server, request, transport)), transport, writesToo);
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
