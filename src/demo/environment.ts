/** The OpenTelemetry settings of the demo's children, on top of the user's environment. */
export function childEnvironment(
  service: string,
  endpoint: string,
  /** The endpoint is the user's own: their settings for it (headers, protocol, certificates) stay. */
  own: boolean,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => {
    // Options of the parent's Node.js may load another instrumentation.
    if (name === "NODE_OPTIONS") return false;
    if (/^OTEL_EXPORTER_OTLP_\w+_ENDPOINT$/.test(name)) return false;
    return own || !name.startsWith("OTEL_");
  });
  return {
    ...(own ? {} : { OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }),
    OTEL_LOGS_EXPORTER: "none",
    OTEL_METRIC_EXPORT_INTERVAL: "1000",
    OTEL_METRIC_EXPORT_TIMEOUT: "1000",
    OTEL_BSP_SCHEDULE_DELAY: "500",
    ...Object.fromEntries(kept),
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_SERVICE_NAME: service,
  };
}
