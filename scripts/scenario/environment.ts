import { fileURLToPath } from "node:url";
import type { Clock } from "./clock.ts";
import type { Scenario } from "./model.ts";

const OPTIONS = fileURLToPath(new URL("apps/options.cjs", import.meta.url));

/** What both processes are given: the user's own settings, and the pace of the scenario. */
function common(clock: Clock, service: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  // What OpenTelemetry does once a minute by default.
  const interval = String(Math.round(clock.milliseconds(1)));
  return {
    OTEL_LOGS_EXPORTER: "none",
    OTEL_METRIC_EXPORT_INTERVAL: interval,
    OTEL_METRIC_EXPORT_TIMEOUT: interval,
    OTEL_WEBSOCKET_SUBPROTOCOLS: "chat.v1",
    OTEL_WEBSOCKET_CLOSE_CODES: "4000",
    ...inherited,
    OTEL_SERVICE_NAME: service,
  };
}

/** The clients' environment. */
export function clientsEnvironment(clock: Clock, service: string): NodeJS.ProcessEnv {
  return common(clock, service);
}

/** The server's environment; `closesOnSigterm` is whether the application has a listener of its own for SIGTERM. */
export function serverEnvironment(
  scenario: Scenario,
  clock: Clock,
  service: string,
  closesOnSigterm: boolean,
): NodeJS.ProcessEnv {
  const { capacity = 200, heartbeats = true, feed = 0 } = scenario;
  const seconds = (count: number): string => String(Math.ceil(clock.milliseconds(count / 60)));
  return {
    ...common(clock, service),
    OTEL_WEBSOCKET_CONFIG_FILE: OPTIONS,
    OTEL_WEBSOCKET_CAPACITY: String(capacity),
    ...(heartbeats && {
      OTEL_WEBSOCKET_HEARTBEAT_INTERVAL: seconds(60),
      OTEL_WEBSOCKET_HEARTBEAT_TIMEOUT: seconds(30),
      OTEL_WEBSOCKET_HEARTBEAT_TERMINATE: "true",
    }),
    // The defaults of these options, at the pace of the scenario.
    OTEL_WEBSOCKET_SLOW_CONSUMER_DURATION: seconds(5),
    OTEL_WEBSOCKET_RECONNECTIONS_WINDOW: seconds(60),
    OTEL_WEBSOCKET_AGE_GROUPS: `${seconds(3600)},${seconds(86_400)}`,
    SCENARIO_FEED: String(feed * clock.scale),
    SCENARIO_ACK_TIMEOUT: seconds(10),
    SCENARIO_CLOSES_ON_SIGTERM: String(closesOnSigterm),
  };
}
