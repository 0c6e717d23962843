// The options of everything.mjs: everything is measured, and marks are reached within seconds.
const { clientPlatform, combineAttributes, region } = require("opentelemetry-websocket");

module.exports = {
  metricAttributes: combineAttributes(clientPlatform(), region()),
  closeCodes: [4401],
  clientId: ({ url }) => new URL(url, "ws://localhost").searchParams.get("client") ?? undefined,
  reconnections: { threshold: 2, window: 60_000 },
  heartbeat: { interval: 300, timeout: 150 },
  slowConsumer: { bytes: 100_000, duration: 200 },
  processingTime: true,
  sendTime: true,
};
