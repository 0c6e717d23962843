"use strict";
const names = (exports) =>
  Object.keys(exports).filter((name) => !name.startsWith("METRIC_") && !/^[A-Z_]+$/.test(name));

console.log(JSON.stringify(names(require("opentelemetry-websocket")).sort()));
console.log(typeof require("opentelemetry-websocket/semconv").METRIC_WEBSOCKET_SERVER_MESSAGES);
console.log(JSON.stringify(names(require("opentelemetry-websocket/redis"))));
console.log(require("opentelemetry-websocket/package.json").name);
console.log(JSON.stringify(names(require("opentelemetry-websocket/register"))));

async function compare() {
  const imported = await import("opentelemetry-websocket");
  console.log(imported.WebSocketInstrumentation === require("opentelemetry-websocket").WebSocketInstrumentation);
}
void compare();
