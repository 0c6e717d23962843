// Options of the scenarios' server that are functions, for OTEL_WEBSOCKET_CONFIG_FILE.
export default {
  clientId: ({ url }) => new URL(url, "ws://localhost").searchParams.get("client") ?? undefined,
};
