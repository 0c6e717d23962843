// Every metric by the client's platform and region, and by an attribute of your own. It ends by itself:
// node --import opentelemetry-websocket/register examples/segments.mjs
import { once } from "node:events";
import { clientPlatform, combineAttributes, observeServer, region } from "opentelemetry-websocket";
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/feed" });
await once(server, "listening");

observeServer(server, {
  // The region comes from the CDN in front of the server: Cloudflare, CloudFront, Vercel, Fastly, Akamai …
  metricAttributes: combineAttributes(clientPlatform(), region(), ({ headers }) => ({
    "app.tier": headers["x-tier"] === "gold" ? "gold" : "free",
  })),
});

async function visit(headers) {
  const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/feed`, { headers });
  await once(client, "open");
  client.send("hello");
  client.close(1000);
  await once(client, "close");
}

const PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36";
const DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36";
await visit({ "user-agent": PHONE, "cf-ipcountry": "JP", "x-tier": "gold" });
await visit({ "user-agent": PHONE, "cf-ipcountry": "JP", "x-tier": "gold" });
await visit({ "user-agent": DESKTOP, "cf-ipcountry": "BR" });
// Tor, and a program.
await visit({ "user-agent": "Go-http-client/1.1", "cf-ipcountry": "T1" });
server.close();
