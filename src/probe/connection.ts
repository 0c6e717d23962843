import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import { Inbox } from "./inbox.ts";
import { onAbort } from "./limit.ts";
import { endingFailure } from "./problem.ts";
import type { Ending } from "./problem.ts";

/** What a peer that does not read may make us keep. */
const MAX_BUFFERED = 1024 * 1024;

/** An open connection: what comes is kept, and its end is known. */
export class Connection {
  readonly socket: WebSocket;
  /** Name and port of the server. */
  readonly where: string;
  readonly inbox: Inbox = new Inbox();
  readonly openedAt: number = performance.now();
  /** When something was sent last, of `performance.now()`. */
  sentAt: number | undefined;
  sent = 0;
  received = 0;
  /** How it ended. */
  ending: Ending | undefined;
  /** Whether `ws` gave the connection up, because of what the peer sent. */
  broken = false;
  /** Whether it ended as it was expected to. */
  endingExpected = false;
  /** Both close frames are through, or the peer ended the transport. */
  readonly finished: Promise<void>;
  /** `ws` has done with it. */
  readonly closed: Promise<void>;
  readonly #transport: Socket;
  readonly #end = new AbortController();
  readonly #pongs = new Map<string, (at: number) => void>();
  readonly #hide: (text: string) => string;
  #transportError: unknown;

  /** `outer` ends what waits for the connection as its end does; `hide` takes secrets out of text. */
  constructor(socket: WebSocket, transport: Socket, where: string, outer: AbortSignal, hide: (text: string) => string) {
    this.socket = socket;
    this.where = where;
    this.#transport = transport;
    this.#hide = hide;
    const unlink = onAbort(outer, (reason) => this.#end.abort(reason));
    // `ws` ends the transport when it has sent and received a close frame, and when the peer has ended it.
    this.finished = new Promise((resolve) => transport.once("finish", resolve).once("close", resolve));
    // `ws` keeps errors of the transport to itself.
    transport.once("error", (error) => (this.#transportError = error));
    socket.on("message", (data, isBinary) => this.#receive(data as Buffer, isBinary));
    socket.on("pong", (payload) => this.#pongs.get(payload.toString("hex"))?.(performance.now()));
    // The transport stays open until the peer has answered the close frame that `ws` sends then.
    socket.on("error", (error) => {
      this.broken = true;
      this.#ended({ code: 1006, reason: "", error });
    });
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => {
        unlink();
        const error = code === 1006 ? this.#transportError : undefined;
        this.#ended({ code, reason: hide(reason.toString()), ...(error !== undefined && { error }) });
        resolve();
      });
    });
  }

  /** Aborts when the connection has ended, with a `ProbeFailure` that says how, or when the run is stopped. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Text of the peer that may be shown. */
  shown(text: string): string {
    return this.#hide(text);
  }

  send(data: string | Buffer): void {
    this.sentAt = performance.now();
    this.sent += 1;
    this.socket.send(data);
  }

  /** Whether the peer does not read what was sent. */
  get congested(): boolean {
    return this.socket.bufferedAmount > MAX_BUFFERED;
  }

  /** Sends a ping; when its own pong came, of `performance.now()`. Pongs that nobody waits for never count. */
  ping(signal: AbortSignal): Promise<number> {
    const payload = randomBytes(8);
    const key = payload.toString("hex");
    return new Promise((resolve, reject) => {
      const done = onAbort(signal, (reason) => {
        this.#pongs.delete(key);
        reject(reason);
      });
      if (signal.aborted) return;
      this.#pongs.set(key, (at) => {
        this.#pongs.delete(key);
        done();
        resolve(at);
      });
      this.socket.ping(payload);
    });
  }

  /** Ends the transport. */
  terminate(): void {
    this.socket.terminate();
    this.#transport.destroy();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.received += 1;
    if (!this.inbox.isOpen) return;
    // A copy, as bytes of a small message would keep the whole chunk in memory that it came in.
    const kept = isBinary ? Buffer.from(data) : data.toString();
    this.inbox.push({ data: kept, size: data.length, at: performance.now() });
  }

  #ended(ending: Ending): void {
    // An error comes first and says more than the close that follows it.
    this.ending ??= ending;
    this.#end.abort(endingFailure(this.ending, "message", this.where));
  }
}
