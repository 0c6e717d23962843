import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span, Tracer, TracerProvider } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_NETWORK_TYPE,
  ATTR_URL_FULL,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_COMPRESSION,
  ATTR_WEBSOCKET_PROBE_PHASE,
  ATTR_WEBSOCKET_PROBE_RESULT,
  ATTR_WEBSOCKET_SUBPROTOCOL,
  WEBSOCKET_COMPRESSION_VALUE_NONE,
  WEBSOCKET_COMPRESSION_VALUE_PERMESSAGE_DEFLATE,
} from "../semconv.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "../telemetry/scope.ts";
import type { ProbeResult } from "./types.ts";

/** The trace of one run. */
export class RunTrace {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;

  /** Starts a new trace; `attributes` are those of the check. */
  constructor(provider: TracerProvider | undefined, name: string, attributes: Attributes) {
    this.#tracer = (provider ?? trace).getTracer(SCOPE_NAME, SCOPE_VERSION);
    this.#span = this.#tracer.startSpan(
      `websocket.probe ${name}`,
      // On the clock of the phases, so that none begins before its parent.
      { kind: SpanKind.INTERNAL, attributes, startTime: Date.now() },
      ROOT_CONTEXT,
    );
    this.#context = trace.setSpan(ROOT_CONTEXT, this.#span);
  }

  /** Where a span is recorded. */
  get traceId(): string | undefined {
    return this.#span.isRecording() ? this.#span.spanContext().traceId : undefined;
  }

  /** Runs `work` with the span active, so that the connection's span becomes its child. */
  within<T>(work: () => T): T {
    return context.with(this.#context, work);
  }

  /** The run has ended: gives each phase a span, `phaseAttributes` on each, and ends the run's. */
  end(result: ProbeResult, phaseAttributes: Attributes): void {
    const startedAt = Date.parse(result.startedAt);
    for (const { phase, start, duration, error } of result.phases) {
      const span = this.#tracer.startSpan(
        phase,
        {
          kind: SpanKind.INTERNAL,
          startTime: startedAt + start * 1000,
          attributes: { ...phaseAttributes, [ATTR_WEBSOCKET_PROBE_PHASE]: phase, ...errorAttributes(error) },
        },
        this.#context,
      );
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(startedAt + (start + duration) * 1000);
    }
    this.#span.setAttributes(resultAttributes(result));
    if (result.result === "down") {
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: result.error?.message ?? "" });
    }
    this.#span.end(startedAt + result.duration * 1000);
  }
}

function resultAttributes({ url, result, error, peer, upgrade, close }: ProbeResult): Attributes {
  return {
    [ATTR_URL_FULL]: url,
    [ATTR_WEBSOCKET_PROBE_RESULT]: result,
    ...errorAttributes(error?.type),
    ...(result === "down" && error?.phase !== undefined && { [ATTR_WEBSOCKET_PROBE_PHASE]: error.phase }),
    ...(peer !== undefined && {
      [ATTR_NETWORK_PEER_ADDRESS]: peer.address,
      [ATTR_NETWORK_PEER_PORT]: peer.port,
      [ATTR_NETWORK_TYPE]: peer.family,
    }),
    ...(upgrade !== undefined && { [ATTR_HTTP_RESPONSE_STATUS_CODE]: upgrade.status }),
    ...(upgrade?.status === 101 && {
      [ATTR_WEBSOCKET_COMPRESSION]: upgrade.compression
        ? WEBSOCKET_COMPRESSION_VALUE_PERMESSAGE_DEFLATE
        : WEBSOCKET_COMPRESSION_VALUE_NONE,
      ...(upgrade.subprotocol !== "" && { [ATTR_WEBSOCKET_SUBPROTOCOL]: upgrade.subprotocol }),
    }),
    ...(close !== undefined && { [ATTR_WEBSOCKET_CLOSE_CODE]: close.code }),
  };
}

function errorAttributes(type: string | undefined): Attributes {
  return type === undefined ? {} : { [ATTR_ERROR_TYPE]: type };
}
