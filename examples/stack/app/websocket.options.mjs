// What `register` is told in the stack: every kind of metric that a server can have, with marks that are reached here.
import { clientPlatform } from "opentelemetry-websocket";

export default {
  metricAttributes: clientPlatform(),
  closeCodes: [4401],
  clientId: ({ url }) => new URL(url, "ws://chat").searchParams.get("user") ?? undefined,
  capacity: { limit: 30 },
  heartbeat: { interval: 5000, timeout: 2000, terminate: true },
  slowConsumer: { bytes: 1_000_000, duration: 5000 },
  reconnections: { threshold: 3 },
  processingTime: true,
  sendTime: true,
};
