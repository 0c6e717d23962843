import * as api from "@opentelemetry/api";
import { ProxyTracerProvider, createNoopMeter, diag, metrics, trace } from "@opentelemetry/api";
import { SCOPE_NAME, SCOPE_VERSION } from "../telemetry/scope.ts";
import { reportProblems } from "./diagnostics.ts";
import { list } from "./env.ts";
import { SDK_NODE, loadSdk } from "./packages.ts";
import type { SdkPackages } from "./packages.ts";
import { metricReaders } from "./readers.ts";
import { segmentSampler } from "./sampler.ts";

/** An SDK that runs. */
export interface RunningSdk {
  /** Sends what there is; never rejects. */
  readonly flush: () => Promise<void>;
  /** Sends the spans and log records that there are; never rejects. */
  readonly flushTraces: () => Promise<void>;
  /** Sends what there is and what is being sent, and ends; never rejects. */
  readonly end: () => Promise<void>;
}

/** A provider of the SDK's, of traces, metrics or logs. */
interface Provider {
  forceFlush?(): Promise<void>;
  shutdown?(): Promise<void>;
}

/** Whether the application has registered a tracer or a meter provider. */
export function hasSdk(): boolean {
  if (tracerProvider() !== new ProxyTracerProvider().getDelegate()) return true;
  return metrics.getMeterProvider().getMeter(SCOPE_NAME, SCOPE_VERSION) !== createNoopMeter();
}

/**
 * Starts NodeSDK as OTEL_* variables say. `undefined` where that is impossible, which `diag` has been told then.
 * `series` is how many an instrument may have; without it, as many as the SDK allows.
 */
export function startSdk(series?: number): RunningSdk | undefined {
  try {
    const sdk = loadSdk();
    reportProblems({ sdk: sdk !== undefined });
    if (sdk === undefined) {
      diag.error(
        "opentelemetry-websocket: nothing is recorded: the SDK that comes with this package needs @opentelemetry/api 1.10, and the application has an older one. Install @opentelemetry/api@1.10, or add @opentelemetry/sdk-node@0.223 to the application, or start an SDK of your own before (--import ./otel.mjs --import opentelemetry-websocket/register)",
      );
      return undefined;
    }
    start(sdk, series);
    const traces = { spans: tracerProvider(), logs: loggerProvider(sdk) };
    const providers = { ...traces, metrics: metrics.getMeterProvider() as Provider };
    return {
      flush: () => each(providers, "forceFlush"),
      flushTraces: () => each(traces, "forceFlush"),
      end: () => each(providers, "shutdown"),
    };
  } catch (error) {
    reportProblems({ sdk: false });
    diag.error("opentelemetry-websocket: nothing is recorded: the OpenTelemetry SDK did not start", error);
    return undefined;
  }
}

function start(sdk: SdkPackages, series: number | undefined): void {
  // NodeSDK itself warns that it does nothing at all where only traces are unwanted.
  const noTraces = list("OTEL_TRACES_EXPORTER")[0] === "none";
  const readers = metricReaders(sdk, series);
  // Early releases of the 0.2xx line know only the option for a single reader.
  const options = {
    metricReaders: readers,
    metricReader: readers[0],
    sampler: segmentSampler(sdk),
    ...(noTraces && { spanProcessors: [] }),
  };
  const node = sdk.create(SDK_NODE, "NodeSDK", options) as { start(): void };
  node.start();
}

// NodeSDK.shutdown() gives up on the other signals when one fails, and there is no flush.
async function each(providers: Readonly<Record<string, Provider>>, method: "forceFlush" | "shutdown"): Promise<void> {
  const work = Object.entries(providers).map(async ([signal, provider]) => {
    try {
      await provider[method]?.();
    } catch (error) {
      diag.error(`the last ${signal} were not sent:`, error);
    }
  });
  await Promise.all(work);
}

function tracerProvider(): Provider {
  // The proxy may be that of another copy of the API (CommonJS, ESM), so its class says nothing.
  const provider = trace.getTracerProvider() as Partial<ProxyTracerProvider>;
  return (provider.getDelegate?.() ?? provider) as Provider;
}

function loggerProvider(sdk: SdkPackages): Provider {
  // The logs API moved into @opentelemetry/api with 1.10.
  const { logs = sdk.load("@opentelemetry/api-logs", "logs") as typeof api.logs } = api as Partial<typeof api>;
  return logs.getLoggerProvider() as Provider;
}
