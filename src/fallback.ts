import type { MeterProvider } from "@opentelemetry/api";
import { watchEngineClient } from "./adapters/engine-io/client.ts";
import { watchEngineServer } from "./adapters/engine-io/server.ts";
import { errorCode } from "./core/bounded.ts";
import { contain, reportOnce } from "./core/contain.ts";
import type { Role } from "./core/facts.ts";
import { group, optionalProvider, positive } from "./core/validate.ts";
import type { Observation } from "./observe.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_WEBSOCKET_FALLBACK_TRANSPORT,
  WEBSOCKET_FALLBACK_TRANSPORT_VALUE_OTHER,
  WEBSOCKET_FALLBACK_TRANSPORT_VALUE_POLLING,
  WEBSOCKET_FALLBACK_TRANSPORT_VALUE_SSE,
  WEBSOCKET_FALLBACK_TRANSPORT_VALUE_WEBTRANSPORT,
} from "./semconv.ts";
import { metricsFor } from "./telemetry/telemetry.ts";

const TRANSPORTS: ReadonlySet<unknown> = new Set([
  WEBSOCKET_FALLBACK_TRANSPORT_VALUE_OTHER,
  WEBSOCKET_FALLBACK_TRANSPORT_VALUE_POLLING,
  WEBSOCKET_FALLBACK_TRANSPORT_VALUE_SSE,
  WEBSOCKET_FALLBACK_TRANSPORT_VALUE_WEBTRANSPORT,
]);

/** WebSocket was given up for another transport. */
export interface FallbackRecord {
  /** What is used instead. */
  transport: "polling" | "sse" | "webtransport" | "other";
  /**
   * Why: an error, of which the code or the class name is recorded, or a short code such as `timeout`. At most 100
   * distinct values in the life of the process; further ones are `_OTHER`.
   * @default no `error.type`
   */
  error?: unknown;
  /**
   * Which end this process is.
   * @default "client"
   */
  role?: Role | undefined;
  /**
   * Where to record it.
   * @default the globally registered provider
   */
  meterProvider?: MeterProvider | undefined;
}

/** Options of `observeEngineClient`. */
export interface EngineClientOptions {
  /**
   * Where fallbacks are recorded.
   * @default the globally registered provider
   */
  meterProvider?: MeterProvider | undefined;
}

/** Options of `observeEngine`. */
export interface EngineOptions extends EngineClientOptions {
  /**
   * Milliseconds that a session may stay on polling before it counts as a fallback.
   * @default 30000
   */
  pollingLimit?: number | undefined;
}

/**
 * Counts that this process has given up on WebSocket and goes on with another transport, as
 * `websocket.client.fallbacks` or `websocket.server.fallbacks`. Never throws: it is called where something has gone
 * wrong already. What is unknown counts as `other`.
 *
 * @example
 * ```ts
 * socket.on("error", (error) => {
 *   recordFallback({ transport: "sse", error });
 *   startEventSource();
 * });
 * ```
 */
export function recordFallback(record: FallbackRecord): void {
  contain("recordFallback", () => {
    const { transport, error, role = "client", meterProvider } = record;
    if (role !== "client" && role !== "server") {
      reportOnce("recordFallback", 'expected the role "client" or "server"');
      return;
    }
    const known = TRANSPORTS.has(transport);
    if (!known)
      reportOnce("recordFallback", `expected a transport of ${[...TRANSPORTS].join(", ")}; "other" is counted`);
    const attributes = {
      [ATTR_WEBSOCKET_FALLBACK_TRANSPORT]: known ? transport : WEBSOCKET_FALLBACK_TRANSPORT_VALUE_OTHER,
      ...(error != null && { [ATTR_ERROR_TYPE]: errorCode(error) }),
    };
    metricsFor(meterProvider).of(role).count("fallbacks", attributes);
  });
}

/**
 * Counts the sessions of a Socket.IO or engine.io server that do without WebSocket, as `websocket.server.fallbacks`:
 * those that stay on polling for `pollingLimit`, and those that go on with it after an upgrade has failed. Each
 * counts once. Their WebSocket connections are observed by the instrumentation of `ws`.
 *
 * @example
 * ```ts
 * const io = new Server(3000);
 * observeEngine(io);
 * ```
 * @throws TypeError for another kind of server, or for an option that is wrong
 */
export function observeEngine(server: object, options: EngineOptions = {}): Observation {
  const meterProvider = checkOptions(options, ["pollingLimit", "meterProvider"]);
  const limit = positive("pollingLimit", options.pollingLimit, "milliseconds", 30_000);
  return {
    stop: watchEngineServer(server, limit, (fallback) =>
      recordFallback({ ...fallback, role: "server", meterProvider }),
    ),
  };
}

/**
 * Counts each time that a Socket.IO or engine.io client goes on without WebSocket after it failed, as
 * `websocket.client.fallbacks`. A client that is told to use polling alone gives up on nothing.
 *
 * @example
 * ```ts
 * const socket = io("https://example.com");
 * observeEngineClient(socket);
 * ```
 * @throws TypeError for another kind of client, or for an option that is wrong
 */
export function observeEngineClient(socket: object, options: EngineClientOptions = {}): Observation {
  const meterProvider = checkOptions(options, ["meterProvider"]);
  return {
    stop: watchEngineClient(socket, (fallback) => recordFallback({ ...fallback, role: "client", meterProvider })),
  };
}

function checkOptions(options: EngineOptions, keys: readonly (keyof EngineOptions)[]): MeterProvider | undefined {
  const { meterProvider } = group("options", options, keys, "pass {} or leave it out") ?? {};
  return optionalProvider("meterProvider", meterProvider, "getMeter");
}
