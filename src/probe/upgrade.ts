/** One upgrade request and its answer. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { ClientOptions, WebSocket } from "ws";
import { Connection } from "./connection.ts";
import { dial } from "./dial/dial.ts";
import type { Dialer } from "./dial/dial.ts";
import { onAbort } from "./limit.ts";
import { abortedFailure, upgradeFailure } from "./problem.ts";
import type { OpenPhase } from "./record.ts";
import { endpointOf } from "./text.ts";

/** What is asked for. */
export interface UpgradeRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly socketClass: typeof WebSocket;
  /** Ends what waits for the connection once it is open. */
  readonly outer: AbortSignal;
  /** URLs that redirects led to before, without secrets. */
  readonly redirects: readonly string[];
}

/** The connection, or the answer that is none; its phase goes on until somebody says what it means. */
export type Answer =
  | { readonly connection: Connection }
  | {
      readonly connection?: undefined;
      readonly status: number;
      readonly location: string | undefined;
      readonly phase: OpenPhase;
    };

/**
 * Dials and asks for the upgrade. The dial is part of the request (`createConnection`), so that who observes the socket
 * sees a handshake that takes as long, and fails with the error of the dial. @throws ProbeFailure
 */
export function requestUpgrade(dialer: Dialer, request: UpgradeRequest, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => new Attempt(dialer, request, signal, resolve, reject));
}

/** How Node.js's http is told of a socket that it waits for. */
type Created = (error: Error | null, socket?: Socket) => void;

class Attempt {
  readonly #dialer: Dialer;
  readonly #request: UpgradeRequest;
  readonly #signal: AbortSignal;
  readonly #where: string;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (failure: Error) => void;
  readonly #done: () => void;
  #transport: Socket | undefined;
  #phase: OpenPhase | undefined;
  #status = 0;

  constructor(
    dialer: Dialer,
    request: UpgradeRequest,
    signal: AbortSignal,
    resolve: (answer: Answer) => void,
    reject: (failure: Error) => void,
  ) {
    this.#dialer = dialer;
    this.#request = request;
    this.#signal = signal;
    this.#where = endpointOf(request.url);
    this.#resolve = resolve;
    this.#reject = reject;
    // The dial ends by the signal itself.
    this.#done = onAbort(signal, (reason) => this.#transport?.destroy(reason));
    this.#listen(this.#open());
  }

  #open(): WebSocket {
    const { target } = this.#dialer;
    const { url, headers, socketClass } = this.#request;
    const connect = (_options: unknown, oncreate: Created): void => void this.#dial(url, oncreate);
    return new socketClass(url.href, [...target.subprotocols], {
      headers,
      ...(target.origin !== undefined && { origin: target.origin }),
      perMessageDeflate: target.compression,
      maxPayload: target.maxMessageSize,
      // Typed as net.connect; Node.js's http takes this form as well, and `ws` hands it through.
      createConnection: connect as unknown as NonNullable<ClientOptions["createConnection"]>,
    });
  }

  async #dial(url: URL, oncreate: Created): Promise<void> {
    try {
      const transport = await dial(this.#dialer, url, this.#signal);
      this.#transport = transport;
      this.#phase = this.#dialer.record.begin("upgrade", this.#where);
      if (this.#signal.aborted) transport.destroy(this.#signal.reason as Error);
      oncreate(null, transport);
    } catch (error) {
      oncreate(error as Error);
    }
  }

  #listen(socket: WebSocket): void {
    let settled = false;
    socket.once("upgrade", ({ statusCode = 0 }) => this.#answered(statusCode));
    socket.once("open", () => {
      settled = true;
      this.#done();
      this.#phase?.end();
      const { secrets } = this.#dialer;
      this.#answered(101, secrets.hide(socket.protocol), socket.extensions !== "");
      const hide = (text: string): string => secrets.hide(text);
      this.#resolve({
        connection: new Connection(socket, this.#transport!, this.#where, this.#request.outer, hide),
      });
    });
    socket.once("unexpected-response", (_request, response: IncomingMessage) => {
      const { statusCode: status = 0, headers } = response;
      this.#done();
      this.#answered(status);
      response.on("error", () => {});
      settled = true;
      socket.terminate();
      this.#resolve({ status, location: headers.location, phase: this.#phase! });
    });
    // It may come again while the socket is ended; only the first one counts, and none is to be thrown.
    socket.on("error", (error) => {
      if (settled) return;
      this.#done();
      // The phases of the dial are recorded there, and its failures are what they are.
      const failure = upgradeFailure(error, this.#where, this.#status !== 0);
      this.#phase?.end(failure.type);
      this.#reject(failure);
    });
    socket.once("close", () => this.#reject(abortedFailure("upgrade")));
  }

  #answered(status: number, subprotocol: string = "", compression: boolean = false): void {
    this.#status = status;
    this.#phase?.describe(String(status));
    const { redirects } = this.#request;
    this.#dialer.record.upgrade = { status, subprotocol, compression, redirects };
  }
}
