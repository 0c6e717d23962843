// Options of the scenarios' server that are functions, for OTEL_WEBSOCKET_CONFIG_FILE.
module.exports = {
  clientId: ({ url }) => new URL(url, "ws://localhost").searchParams.get("client") ?? undefined,
};
