// Clients beside undici's instrumentation: one of ws and, with CLIENT=global, Node's own, which is undici.
const events = require("node:events");
const { report, tracer } = require("./otel.cjs");
const { WebSocket, serve, talk } = require("./kit.cjs");

async function talkGlobal(url) {
  const client = new globalThis.WebSocket(url);
  await events.once(client, "open");
  client.send("hello");
  await events.once(client, "message");
  client.close();
  await events.once(client, "close");
}

async function main() {
  const server = await serve();
  await tracer.startActiveSpan("application", async (span) => {
    if (process.env.CLIENT === "global") await talkGlobal(server.url);
    else await talk(new WebSocket(server.url));
    await (await fetch(server.page)).text();
    span.end();
  });
  await server.close();
  await report({ traceparents: server.traceparents });
  process.exit(0);
}

void main();
