import { contain } from "./core/contain.ts";
import { LogicalConnection } from "./core/health/logical-connection.ts";
import { group, invalid, optionalProvider } from "./core/validate.ts";
import type { Observation } from "./observe.ts";
import { UNTRACED } from "./core/trace-options.ts";
import { Telemetry } from "./telemetry/telemetry.ts";
import type { Providers } from "./telemetry/telemetry.ts";

/** Options of `observeReconnecting`. */
export interface ObserveReconnectingOptions extends Pick<Providers, "meterProvider"> {}

/** A socket that connects again by itself: `partysocket`, `reconnecting-websocket`, or anything with their events. */
export interface ReconnectingSocket {
  /** 1 where it is open already (https://websockets.spec.whatwg.org/#dom-websocket-readystate). */
  readonly readyState?: number;
  addEventListener(type: "open" | "close", listener: () => void): void;
  removeEventListener(type: "open" | "close", listener: () => void): void;
}

const OPEN = 1;
const observed = new WeakSet<object>();

/**
 * Counts the attempts of a client to connect again and how they end, and the time without a connection. Needs the
 * two events of a socket that stays the same while its connections come and go: `open` when an attempt succeeds,
 * `close` when a connection ends or an attempt fails. The first attempt is none to connect again. An attempt
 * that the application cuts short has failed; opening again what it closed itself counts, with the time in between.
 *
 * Adds one listener for each of both events and nothing else. A socket is observed once, however often this is called.
 *
 * @example
 * ```ts
 * const socket = new ReconnectingWebSocket("wss://example.com/feed");
 * const observation = observeReconnecting(socket);
 * ```
 * @returns `stop()` takes the listeners away again
 * @throws TypeError for anything without these methods, or for an option that is wrong
 */
export function observeReconnecting(socket: ReconnectingSocket, options: ObserveReconnectingOptions = {}): Observation {
  const mend = "pass { meterProvider } or leave it out for the globally registered one";
  const { meterProvider } = group("options", options, ["meterProvider"], mend) ?? {};
  optionalProvider("meterProvider", meterProvider, "getMeter");
  for (const method of ["addEventListener", "removeEventListener"] as const) {
    if (typeof (socket as ReconnectingSocket | undefined | null)?.[method] !== "function") {
      throw invalid("socket", `an object with ${method}()`, socket, "pass the socket that reconnects");
    }
  }
  if (observed.has(socket)) return { stop() {} };
  observed.add(socket);
  const connection = new LogicalConnection(new Telemetry(UNTRACED, { meterProvider }), socket.readyState === OPEN);
  const opened = (): void => contain("observeReconnecting", () => connection.opened());
  const closed = (): void => contain("observeReconnecting", () => connection.closed());
  socket.addEventListener("open", opened);
  socket.addEventListener("close", closed);
  return {
    stop() {
      socket.removeEventListener("open", opened);
      socket.removeEventListener("close", closed);
      observed.delete(socket);
    },
  };
}
