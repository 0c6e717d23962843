/**
 * WebSocket observability for OpenTelemetry.
 * @module
 */
export { WebSocketInstrumentation } from "./instrumentation.ts";
export type { WebSocketInstrumentationConfig } from "./instrumentation.ts";
export { getConnection } from "./connection.ts";
export type { ExpectAckOptions, WebSocketConnection } from "./core/handle.ts";
export { observeClient, observeServer } from "./observe.ts";
export type { ConnectionObservation, Observation, ObserveOptions } from "./observe.ts";
export type { ShutdownOptions } from "./shutdown.ts";
export { SegmentSampler } from "./telemetry/segment-sampler.ts";
export type { SpanSampler } from "./telemetry/segment-sampler.ts";
export { WebSocketMetricProducer } from "./telemetry/producer.ts";
export type { WebSocketMetricProducerOptions } from "./telemetry/producer.ts";
export type { ObserverOptions, TraceCarrier } from "./core/options.ts";
export type { ConnectionSpanOptions, EventOptions } from "./core/trace-options.ts";
export type { HandshakeRequest } from "./core/facts.ts";
export type { MessageSampler, MessageSpanOptions, WebSocketMessage } from "./core/message-options.ts";
export { getMessageContext } from "./message-context.ts";
export { graphqlWsOperation } from "./operations/graphql-ws.ts";
export { jsonRpcOperation } from "./operations/json-rpc.ts";
export { socketIoOperation } from "./operations/socket-io.ts";
export { MemoryReconnectionStore } from "./core/health/reconnections.ts";
export type {
  MemoryReconnectionStoreOptions,
  Reconnection,
  ReconnectionRules,
  ReconnectionStore,
} from "./core/health/reconnections.ts";
export { observeReconnecting } from "./reconnecting.ts";
export type { ObserveReconnectingOptions, ReconnectingSocket } from "./reconnecting.ts";
export type {
  ApplicationHeartbeatOptions,
  CapacityOptions,
  HealthOptions,
  HeartbeatOptions,
  ReconnectionOptions,
  SlowConsumer,
  SlowConsumerOptions,
} from "./core/health/options.ts";
export type { CapacityWarning } from "./core/health/capacity.ts";
export type { QualityInputs } from "./core/health/quality.ts";
export { clientPlatform } from "./segments/client-platform.ts";
export { combineAttributes } from "./segments/combine.ts";
export { region } from "./segments/region.ts";
export type { RegionHeaders, RegionOptions } from "./segments/region.ts";
export { observeEngine, observeEngineClient, recordFallback } from "./fallback.ts";
export type { EngineClientOptions, EngineOptions, FallbackRecord } from "./fallback.ts";
