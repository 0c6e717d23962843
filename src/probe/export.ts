import { flag, list, text } from "../register/env.ts";
import { hasSdk, startSdk } from "../register/sdk.ts";
import { settle } from "../register/settle.ts";

const SIGNALS = ["traces", "metrics", "logs"] as const;
type Signal = (typeof SIGNALS)[number];

/** Series that one check may have of one instrument: phases, outcomes and close classes with their reasons. */
const SERIES_PER_CHECK = 40;
/** What the SDK allows by default. */
const LEAST_SERIES = 2000;

/** Where telemetry goes. */
export interface Export {
  /** The signals that are exported; none of them where nothing is. */
  readonly signals: readonly Signal[];
  /** Sends what there is, for at most 5 seconds, and ends. Never rejects. */
  shutdown(): Promise<void>;
}

const NOTHING: Export = { signals: [], shutdown: async () => {} };

/**
 * Starts an SDK as OTEL_* variables say, for `checks` checks. A signal is exported where an endpoint is set for it
 * (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT …) or its exporter is named (OTEL_TRACES_EXPORTER …):
 * a check from a terminal has no use for the default endpoint that nobody may listen at. An SDK that is registered
 * already is left as it is.
 */
export function startExport(checks: number): Export {
  if (flag("OTEL_SDK_DISABLED")) return NOTHING;
  if (hasSdk()) return { signals: SIGNALS, shutdown: async () => {} };
  const signals = SIGNALS.filter(wanted);
  if (signals.length === 0) return NOTHING;
  for (const signal of SIGNALS) if (!signals.includes(signal)) process.env[exporterVariable(signal)] = "none";
  if (
    text("OTEL_SERVICE_NAME") === undefined &&
    !/(?:^|,)\s*service\.name=/.test(text("OTEL_RESOURCE_ATTRIBUTES") ?? "")
  ) {
    process.env["OTEL_SERVICE_NAME"] = "otel-ws-probe";
  }
  const sdk = startSdk(Math.max(LEAST_SERIES, checks * SERIES_PER_CHECK));
  if (sdk === undefined) return NOTHING;
  return { signals, shutdown: async () => void (await settle(sdk.end())) };
}

function wanted(signal: Signal): boolean {
  const exporters = list(exporterVariable(signal));
  if (exporters.length > 0) return !exporters.includes("none");
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`;
  return text("OTEL_EXPORTER_OTLP_ENDPOINT") !== undefined || text(own) !== undefined;
}

function exporterVariable(signal: Signal): string {
  return `OTEL_${signal.toUpperCase()}_EXPORTER`;
}
