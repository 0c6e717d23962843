/**
 * Instruments `ws` in an application without a change to its code:
 *
 *     node --import opentelemetry-websocket/register app.js
 *
 * - Where no SDK is registered, `NodeSDK` is started as OTEL_* variables say (OTEL_EXPORTER_OTLP_ENDPOINT,
 *   OTEL_SERVICE_NAME, OTEL_METRICS_EXPORTER, …). An SDK of your own is to be started before:
 *   `--import ./otel.mjs --import opentelemetry-websocket/register`; then only the instrumentation is added.
 * - Options are given by OTEL_WEBSOCKET_* variables, such as OTEL_WEBSOCKET_HEARTBEAT_INTERVAL=30000, and by the file
 *   that OTEL_WEBSOCKET_CONFIG_FILE names, which can hold functions too; docs/options.md has all of them. With a wrong
 *   one the application starts all the same, with the defaults, and stderr says what is wrong.
 * - OTEL_SDK_DISABLED=true turns everything off.
 * - Problems, such as an endpoint that does not answer, are printed to stderr, each at most once a minute. With
 *   OTEL_LOG_LEVEL set (also to `none`), or a `diag` logger, that is left to OpenTelemetry.
 * - What has been collected is sent when the event loop is empty and on SIGTERM and SIGINT, within 5 seconds;
 *   connections that are open then are reported as closed with `error.type` `shutdown`. The
 *   signal then ends the process as it would have done; an application that handles it decides for itself, and is
 *   not waited for. `process.exit()`, in a handler or elsewhere, leaves no time to send what came last, and neither
 *   does an uncaught exception. Until the signal comes, `process.listenerCount("SIGTERM")` is one higher.
 * - Worker threads have an SDK of their own, and no signal handlers.
 *
 * @module
 */
import { contain } from "./core/contain.ts";
import { WebSocketInstrumentation } from "./instrumentation.ts";
import { readConfig } from "./register/config.ts";
import { flag } from "./register/env.ts";
import { sendAtExit } from "./register/exit.ts";
import { hasSdk, startSdk } from "./register/sdk.ts";

const REGISTERED = Symbol.for("opentelemetry-websocket.registered");

function register(): void {
  const theirs = hasSdk();
  if (!theirs && flag("OTEL_SDK_DISABLED")) return;
  const sdk = theirs ? undefined : startSdk();
  const instrumentation = new WebSocketInstrumentation(readConfig());
  if (sdk === undefined) return;
  // The limit of the whole end is shorter.
  const close = (): Promise<void> => instrumentation.shutdown({ timeout: 60_000, flush: sdk.flushTraces });
  sendAtExit({ ...sdk, close });
}

// Another copy of this package may have been here before.
const global = globalThis as { [REGISTERED]?: true };
if (global[REGISTERED] === undefined) {
  global[REGISTERED] = true;
  contain("register", register);
}
