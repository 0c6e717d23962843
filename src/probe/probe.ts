import type { Attributes } from "@opentelemetry/api";
import { WebSocket } from "ws";
import { observeWsClient } from "../adapters/ws/observe.ts";
import { hostAndPort } from "../core/address.ts";
import { Observer } from "../core/observer.ts";
import { resolveOptions } from "../core/options.ts";
import { invalid, optionalProvider } from "../core/validate.ts";
import {
  ATTR_NETWORK_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_USER_AGENT_SYNTHETIC_TYPE,
  ATTR_WEBSOCKET_PROBE_LOCATION,
  ATTR_WEBSOCKET_PROBE_NAME,
  USER_AGENT_SYNTHETIC_TYPE_VALUE_TEST,
} from "../semconv.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import type { Providers } from "../telemetry/telemetry.ts";
import { probeMetrics } from "./metrics.ts";
import { run } from "./run.ts";
import { RunTrace } from "./spans.ts";
import { resolveTarget } from "./target.ts";
import type { ResolvedTarget } from "./target.ts";
import type { CheckId, ProbeResult, ProbeTarget, StabilityFacts } from "./types.ts";

/** What all checks of a process have in common. */
export interface ProbeSettings extends Providers {
  /** Where this process runs, as `websocket.probe.location` on metrics and spans. @default none */
  location?: string | undefined;
}

/** What one run may be given. */
export interface RunOptions {
  /** Ends the run at once, as `aborted`. */
  signal?: AbortSignal | undefined;
  /** Told about once a second while the connection is held. */
  onProgress?: ((stability: StabilityFacts) => void) | undefined;
}

/** Options of `probe`. */
export interface ProbeOptions extends ProbeSettings, RunOptions {}

/**
 * Checks a WebSocket endpoint once, and reports what was found as a trace and as metrics of the registered
 * OpenTelemetry SDK, if there is one.
 *
 * @example
 * ```ts
 * const { result, error, phases } = await probe({ url: "wss://example.com/chat", maxRoundTrip: 200 });
 * ```
 * @throws TypeError for a target or an option that is wrong; whatever goes wrong in the check is in the result
 */
export async function probe(target: ProbeTarget, options: ProbeOptions = {}): Promise<ProbeResult> {
  const check = new Check(target, options);
  try {
    return await check.run(options);
  } finally {
    check.close();
  }
}

/** A target that is ready to be checked, any number of times. */
export class Check {
  readonly target: ResolvedTarget;
  readonly #settings: ProbeSettings;
  /** On the run's span and its metrics. */
  readonly #attributes: Attributes;
  /** On everything that belongs to the check. */
  readonly #synthetic: Attributes;
  readonly #socketClass: typeof WebSocket;
  readonly #stop: () => void;

  constructor(target: ProbeTarget, settings: ProbeSettings) {
    optionalProvider("tracerProvider", settings.tracerProvider, "getTracer");
    optionalProvider("meterProvider", settings.meterProvider, "getMeter");
    this.target = resolveTarget(target);
    this.#settings = { ...settings, location: checkedLocation(settings.location) };
    const { name, url } = this.target;
    const own = {
      [ATTR_WEBSOCKET_PROBE_NAME]: name,
      ...(settings.location !== undefined && { [ATTR_WEBSOCKET_PROBE_LOCATION]: settings.location }),
    };
    this.#synthetic = { ...own, [ATTR_USER_AGENT_SYNTHETIC_TYPE]: USER_AGENT_SYNTHETIC_TYPE_VALUE_TEST };
    const { host, port } = hostAndPort(url);
    this.#attributes = { ...own, [ATTR_SERVER_ADDRESS]: host, [ATTR_SERVER_PORT]: port };
    // A class of its own, so that the observer sees the sockets of this check and nobody else's.
    this.#socketClass = class extends WebSocket {};
    // A run has a span of its own, which says what an event of each connection would.
    const options = resolveOptions({ events: { lifecycle: false } });
    const observer = new Observer(options, new Telemetry(options.tracing, settings), this.#synthetic);
    const undo = observeWsClient(this.#socketClass, observer);
    this.#stop = () => {
      undo();
      observer.stop();
    };
  }

  get id(): CheckId {
    const { name, ip } = this.target;
    return { name, ip };
  }

  /** Checks once; never rejects. */
  async run({ signal, onProgress }: RunOptions = {}): Promise<ProbeResult> {
    const { tracerProvider, meterProvider, location } = this.#settings;
    const { name, ip } = this.target;
    const runTrace = new RunTrace(tracerProvider, name, { ...this.#attributes, ...this.#synthetic });
    const findings = await runTrace.within(() =>
      run(this.target, { socketClass: this.#socketClass, signal, progress: onProgress }),
    );
    const result: ProbeResult = {
      ...findings,
      ...(location !== undefined && { location }),
      ...(runTrace.traceId !== undefined && { traceId: runTrace.traceId }),
    };
    runTrace.end(result, this.#synthetic);
    probeMetrics(meterProvider).record(result, {
      ...this.#attributes,
      ...(ip !== "any" && { [ATTR_NETWORK_TYPE]: ip }),
    });
    return result;
  }

  /** Ends the observation; nothing runs then. */
  close(): void {
    this.#stop();
  }
}

function checkedLocation(location: unknown): string | undefined {
  if (location === undefined) return undefined;
  if (typeof location === "string" && location.trim() !== "" && location.length <= 128) return location;
  const mend = 'give a short name of the place, such as "eu-central-1", or leave it out';
  throw invalid("location", "a non-empty string of at most 128 characters", location, mend);
}
