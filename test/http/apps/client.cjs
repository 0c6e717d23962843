// Clients beside the HTTP instrumentation: SCENARIO says which.
const events = require("node:events");
const { diag } = require("@opentelemetry/api");
const { instances, instrumentation, report, tracer } = require("./otel.cjs");
const { observeClient } = require("opentelemetry-websocket");
const { WebSocket, get, http, serve, snapshot, talk } = require("./kit.cjs");

const insecure = { rejectUnauthorized: false };

/** What a constructor throws that has begun with the handshake. */
function failure(url) {
  try {
    return new WebSocket(url, ["twice", "twice"]);
  } catch (error) {
    return error.name;
  }
}

const scenarios = {
  /** One connection, then a GET. */
  async connection() {
    const server = await serve({ secure: process.env.SECURE === "1" });
    const unchanged = snapshot();
    const client = new WebSocket(server.url, insecure);
    const restored = unchanged();
    await talk(client);
    await get(server.page);
    return { server, restored, unchanged: unchanged() };
  },

  async activeSpan() {
    const server = await serve();
    await tracer.startActiveSpan("application", async (span) => {
      await talk(new WebSocket(server.url));
      span.end();
    });
    return { server };
  },

  async redirect() {
    const server = await serve({ secure: process.env.SECURE === "1" });
    const first = await serve({ redirectTo: server.url });
    const unchanged = snapshot();
    await talk(new WebSocket(first.url, { ...insecure, followRedirects: true }));
    await first.close();
    return { server, unchanged: unchanged() };
  },

  /** Redirections that are not followed: whoever listens asks for something else at once. */
  async refusal() {
    const server = await serve();
    const first = await serve({ redirectTo: server.url });
    const unchanged = snapshot();
    const client = new WebSocket(first.url);
    await new Promise((resolve) => {
      client.on("unexpected-response", (request) => {
        request.destroy();
        resolve(get(server.page));
      });
      client.on("error", () => {});
    });
    await first.close();
    return { server, unchanged: unchanged() };
  },

  /** A constructor that throws, and what happens before the next microtask. */
  async exception() {
    const server = await serve();
    const unchanged = snapshot();
    const thrown = failure(server.url);
    const request = get(server.page);
    const client = new WebSocket(server.url);
    const restored = unchanged();
    await Promise.all([request, talk(client)]);
    return { server, thrown, restored, unchanged: unchanged() };
  },

  /** Wrapped by somebody else while a stand-in is there. */
  async wrappedMeanwhile() {
    const server = await serve();
    failure(server.url);
    const before = http.get;
    let calls = 0;
    http.get = function (...args) {
      calls += 1;
      return before.apply(this, args);
    };
    await get(server.page);
    await get(server.page);
    return { server, calls };
  },

  async connectionRefused() {
    const server = await serve();
    await server.close();
    const unchanged = snapshot();
    const client = new WebSocket(server.url);
    const [error] = await events.once(client, "error");
    return { server, code: error.code, unchanged: unchanged() };
  },

  /** An agent that asks a proxy for a tunnel first. */
  async agent() {
    const server = await serve();
    const proxy = http.createServer().listen(0, "127.0.0.1");
    proxy.on("connect", (request, socket) => {
      const [host, port] = request.url.split(":");
      const onward = require("node:net").connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [socket, onward]) end.on("error", () => {});
    });
    await events.once(proxy, "listening");
    class Tunnel extends http.Agent {
      createConnection(options, done) {
        const { port } = proxy.address();
        const path = `${options.host}:${options.port}`;
        const request = http.request({ host: "127.0.0.1", port, method: "CONNECT", path });
        request.once("connect", (_response, socket) => done(null, socket)).end();
      }
    }
    await talk(new WebSocket(server.url, { agent: new Tunnel(), createConnection: undefined }));
    proxy.close();
    return { server };
  },

  /** Another library's wrapper, over the instrumentation's. */
  async wrapperAbove() {
    const server = await serve();
    let calls = 0;
    for (const name of ["request", "get"]) {
      const before = http[name];
      http[name] = function (...args) {
        calls += 1;
        return before.apply(this, args);
      };
    }
    const unchanged = snapshot();
    await talk(new WebSocket(server.url));
    await talk(new WebSocket(server.url));
    return { server, calls, unchanged: unchanged() };
  },

  /** The same, and the application has done what the message says. */
  async wrapperAboveAndHook() {
    instances.http.setConfig({
      ignoreOutgoingRequestHook: ({ headers }) => headers?.["Sec-WebSocket-Key"] !== undefined,
    });
    return scenarios.wrapperAbove();
  },

  /** Properties that cannot be changed, or whose functions are computed. */
  async otherProperties() {
    const server = await serve();
    const { request } = http;
    Object.defineProperty(http, "get", { get: () => request, configurable: true });
    Object.defineProperty(http, "request", { value: request, writable: false, configurable: false });
    const unchanged = snapshot();
    await talk(new WebSocket(server.url));
    return { server, unchanged: unchanged() };
  },

  /** Another library's wrapper, beneath the instrumentation's. */
  async wrapperBeneath() {
    instances.http.disable();
    let calls = 0;
    const before = http.request;
    http.request = function (...args) {
      calls += 1;
      return before.apply(this, args);
    };
    const get = http.get;
    http.get = function (...args) {
      calls += 1;
      return get.apply(this, args);
    };
    instances.http.enable();
    const server = await serve();
    await talk(new WebSocket(server.url));
    return { server, calls };
  },

  /** Two copies at once, of which only one is asked to suppress; one client of it throws before. */
  async copies() {
    const Other = require("ws-7");
    instrumentation.disable();
    const server = await serve();
    observeClient(WebSocket, { suppressHttpSpan: true });
    observeClient(Other);
    const unchanged = snapshot();
    failure(server.url);
    const both = [new Other(server.url), new WebSocket(server.url)];
    await Promise.all(both.map(talk));
    return { server, unchanged: unchanged() };
  },

  async disabled() {
    const server = await serve();
    instrumentation.disable();
    await talk(new WebSocket(server.url));
    return { server };
  },
};

async function main() {
  const { server, ...more } = await scenarios[process.env.SCENARIO]();
  await server.close();
  await report({ ...more, traceparents: server.traceparents });
  process.exit(0);
}

void main().catch((error) => {
  diag.error(String(error));
  console.error(error);
  process.exit(1);
});
