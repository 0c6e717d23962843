import { observeWsClient, observeWsServer } from "./adapters/ws/observe.ts";
import { Observer } from "./core/observer.ts";
import { resolveOptions } from "./core/options.ts";
import type { ObserverOptions } from "./core/options.ts";
import { optionalProvider } from "./core/validate.ts";
import { shutDown } from "./shutdown.ts";
import type { ShutdownOptions } from "./shutdown.ts";
import { Telemetry } from "./telemetry/telemetry.ts";
import type { Providers } from "./telemetry/telemetry.ts";

/** Options of `observeServer` and `observeClient`. */
export interface ObserveOptions extends ObserverOptions, Providers {}

/** Something that is observed. */
export interface Observation {
  /** Ends the observation; connections that are open go on without it. */
  stop(): void;
}

/** An observation of connections. */
export interface ConnectionObservation extends Observation {
  /**
   * Ends the observation because the process ends: connections that are open are reported as closed with `error.type`
   * `shutdown`, and that is sent. To be awaited before the SDK's own `shutdown()`. Never rejects for what fails there.
   * @throws TypeError for an option that is wrong
   */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

const PROVIDERS = ["tracerProvider", "meterProvider"] as const satisfies (keyof Providers)[];

/**
 * Observes a `WebSocketServer` of `ws` 7 or 8, without module hooks: for bundled code and for servers that need
 * options of their own. Connections that are open already are taken over as far as they can be known: traffic from
 * now on, the close, a span that starts now.
 *
 * @example
 * ```ts
 * const server = new WebSocketServer({ port: 8080 });
 * observeServer(server, { route: () => "/chat" });
 * ```
 * @throws TypeError for another kind of server, or for an option that is wrong
 */
export function observeServer(server: object, options: ObserveOptions = {}): ConnectionObservation {
  return observe(options, (observer) => {
    const undo = observeWsServer(server, observer);
    observer.startServers();
    return undo;
  });
}

/**
 * Observes clients of `ws` 7 or 8, without module hooks. Given the `WebSocket` class, every client that is made
 * from it from now on; given one socket, that one. The constructor sends the handshake at once, so only with the
 * class does the server get the trace context.
 *
 * @example
 * ```ts
 * observeClient(WebSocket);
 * const socket = new WebSocket("wss://example.com/feed");
 * ```
 * @throws TypeError for anything else, or for an option that is wrong
 */
export function observeClient(target: object, options: ObserveOptions = {}): ConnectionObservation {
  return observe(options, (observer) => observeWsClient(target, observer));
}

function observe(options: ObserveOptions, start: (observer: Observer) => () => void): ConnectionObservation {
  const resolved = resolveOptions(options, PROVIDERS);
  optionalProvider("tracerProvider", options.tracerProvider, "getTracer");
  optionalProvider("meterProvider", options.meterProvider, "getMeter");
  const observer = new Observer(resolved, new Telemetry(resolved.tracing, options));
  const undo = start(observer);
  const stop = (): void => {
    undo();
    observer.stop();
  };
  return {
    stop,
    async shutdown(given = {}) {
      await shutDown(observer, options.tracerProvider, given);
      stop();
    },
  };
}
