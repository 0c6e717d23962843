import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { ServerOptions } from "ws";
import { run } from "../../src/probe/run.ts";
import type { Findings, RunContext } from "../../src/probe/run.ts";
import { resolveTarget } from "../../src/probe/target.ts";
import type { ProbeTarget, StabilityFacts } from "../../src/probe/types.ts";

const SECRET = "hunter2hunter2";
const cleanups: (() => unknown)[] = [];

beforeEach(() => {
  process.env.PROBE_TEST_SECRET = SECRET;
});

afterEach(async () => {
  delete process.env.PROBE_TEST_SECRET;
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A server that echoes, and its URL. */
async function serve(options: ServerOptions = {}): Promise<{ server: WebSocketServer; url: string }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  server.on("connection", (socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
    socket.on("error", () => {});
  });
  await once(server, "listening");
  cleanups.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat` };
}

/** A server whose sockets are `handle`'s. */
async function serveRaw(handle: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    handle(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat`;
}

const visit = (target: ProbeTarget, context: Partial<RunContext> = {}): Promise<Findings> =>
  run(resolveTarget({ proxy: false, ...target }), { socketClass: WebSocket, ...context });

describe("a run that finds nothing wrong", () => {
  test("times each phase", async () => {
    const { url } = await serve();
    const findings = await visit({
      url: `${url}?token=${SECRET}`,
      steps: [
        { ping: {} },
        { sendJson: { type: "hello" } },
        { expect: { jsonPath: "$.type", equals: "hello" } },
        { sendBinary: "0aff" },
        { expect: { binaryPrefix: "0a" } },
      ],
    });
    expect(findings).toMatchObject({
      result: "up",
      url: `${url}?token=REDACTED`,
      warnings: [],
      peer: { address: "127.0.0.1", family: "ipv4" },
      upgrade: { status: 101, subprotocol: "", compression: false, redirects: [] },
      close: { code: 1000, reason: "", initiator: "client", clean: true },
    });
    expect(findings.error).toBeUndefined();
    const phases = ["connect", "upgrade", "message", "message", "message", "close"];
    expect(findings.phases.map(({ phase }) => phase)).toEqual(phases);
    for (const { start, duration } of findings.phases) {
      expect(duration).toBeGreaterThan(0);
      expect(start + duration).toBeLessThanOrEqual(findings.duration);
    }
  });

  test("negotiates a subprotocol and compression, and sends what it is told to", async () => {
    const { server, url } = await serve({ perMessageDeflate: true, handleProtocols: () => "chat" });
    const opened = once(server, "connection");
    const findings = await visit({
      url,
      subprotocols: ["superchat", "chat"],
      origin: "https://example.com",
      headers: { "X-Tenant": "a" },
      bearer: { env: "PROBE_TEST_SECRET" },
    });
    expect(findings).toMatchObject({ result: "up", upgrade: { subprotocol: "chat", compression: true } });
    const [, request] = (await opened) as [WebSocket, { headers: Record<string, string> }];
    expect(request.headers).toMatchObject({
      origin: "https://example.com",
      "x-tenant": "a",
      authorization: `Bearer ${SECRET}`,
      "user-agent": expect.stringContaining("opentelemetry-websocket") as string,
    });
  });

  test("counts a message that came before it was expected, also with the close behind it", async () => {
    const { server, url } = await serve();
    server.on("connection", (socket) => {
      socket.send("welcome");
      socket.close(1000);
    });
    const steps = [{ wait: 50 }, { expect: { text: "welcome" } }, { expectClose: { code: 1000 } }];
    expect(await visit({ url, steps: steps.slice(1) })).toMatchObject({ result: "up" });
    expect(await visit({ url, steps })).toMatchObject({ result: "down", error: { type: "1000" } });
  });
});

describe("a secret never comes back", () => {
  test("where the server repeats it in a message or a reason", async () => {
    const { server, url } = await serve();
    server.on("connection", (socket, request) => {
      socket.on("message", () => socket.send(`you are ${request.headers.authorization}`));
    });
    const target = { url, bearer: { env: "PROBE_TEST_SECRET" } };
    const wrong = await visit({ ...target, steps: [{ send: "who?" }, { expect: { text: "you", within: 50 } }] });
    expect(wrong.error).toMatchObject({ type: "unexpected_message" });
    expect(JSON.stringify(wrong)).not.toContain(SECRET);
    server.on("connection", (socket, request) => socket.close(4000, request.headers.authorization));
    const closed = await visit(target);
    expect(closed).toMatchObject({ error: { type: "unexpected_close" }, close: { reason: "Bearer REDACTED" } });
    expect(JSON.stringify(closed)).not.toContain(SECRET);
  });

  test("and one that is missing is told by its place", async () => {
    const { url } = await serve();
    const findings = await visit({ url, bearer: { env: "PROBE_TEST_NOTHING" } });
    expect(findings).toMatchObject({ result: "down", error: { type: "_OTHER" }, phases: [] });
    expect(findings.error!.message).toContain("PROBE_TEST_NOTHING");
    const missing = await visit({ url: "wss://127.0.0.1:1/", tls: { caFile: "/nowhere/ca.pem" } });
    expect(missing.error).toMatchObject({ type: "ENOENT", message: "the file /nowhere/ca.pem does not exist" });
  });
});

describe("limits of a target", () => {
  test("a slow round trip degrades, and is told", async () => {
    const { url } = await serve();
    const findings = await visit({ url, maxRoundTrip: 0.001 });
    expect(findings).toMatchObject({ result: "degraded", error: { type: "slow_round_trip", phase: "message" } });
    expect(findings.warnings).toHaveLength(1);
  });

  test("a refusal can be what is expected", async () => {
    const { url } = await serve({ verifyClient: (_info, done) => done(false, 401) });
    expect(await visit({ url, expectStatus: 401 })).toMatchObject({ result: "up", upgrade: { status: 401 } });
    expect(await visit({ url, expectStatus: 403 })).toMatchObject({ result: "down", error: { type: "401" } });
    const { url: open } = await serve();
    expect(await visit({ url: open, expectStatus: 401 })).toMatchObject({
      result: "down",
      error: { type: "unexpected_accept", phase: "upgrade" },
      close: { clean: true },
    });
  });
});

describe("a run is bounded", () => {
  test("by its timeout, also where nothing is answered", async () => {
    const url = await serveRaw(() => {});
    const started = performance.now();
    const findings = await visit({ url, timeout: 200 });
    expect(findings).toMatchObject({ result: "down", error: { type: "upgrade_timeout", phase: "upgrade" } });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(findings.phases.at(-1)).toMatchObject({ phase: "upgrade", error: "upgrade_timeout" });
  });

  test("by its signal, in every phase", async () => {
    const silent = await serveRaw(() => {});
    const { url } = await serve();
    const aborted = { result: "down", error: { type: "aborted" } };
    expect(await visit({ url }, { signal: AbortSignal.abort() })).toMatchObject({ ...aborted, phases: [] });
    expect(await visit({ url: silent }, { signal: AbortSignal.timeout(50) })).toMatchObject(aborted);
    const waiting: ProbeTarget = { url, steps: [{ wait: 5000 }] };
    expect(await visit(waiting, { signal: AbortSignal.timeout(50) })).toMatchObject(aborted);
    expect(
      (await visit({ url, hold: { duration: 5000 } }, { signal: AbortSignal.timeout(50) })).stability,
    ).toBeDefined();
  });

  test("in memory, where a server floods it", async () => {
    const { server, url } = await serve();
    server.on("connection", (socket) => {
      const flood = (): void => {
        if (socket.readyState === socket.OPEN) socket.send(Buffer.alloc(60_000), flood);
      };
      flood();
    });
    const before = process.memoryUsage().rss;
    const findings = await visit({ url, steps: [{ wait: 1500 }, { ping: {} }] });
    expect(findings.result).toBe("up");
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  test("leaves no timer and no socket of its own", async () => {
    const { server, url } = await serve();
    const silent = await serveRaw(() => {});
    const ours = (): string[] =>
      process
        .getActiveResourcesInfo()
        .filter((name) => name === "Timeout")
        .sort();
    const before = ours();
    await visit({ url, hold: { duration: 1000, pingInterval: 100 } });
    await visit({ url, steps: [{ expect: { text: "never", within: 20 } }] });
    await visit({ url: silent, timeout: 50 });
    await visit({ url: silent }, { signal: AbortSignal.timeout(20) });
    expect(ours().length).toBeLessThanOrEqual(before.length);
    expect(server.clients.size).toBe(0);
  });
});

describe("a connection that is held", () => {
  test("is measured, and closed at the end", async () => {
    const { url } = await serve();
    const told: StabilityFacts[] = [];
    const findings = await visit(
      { url, hold: { duration: 2500, pingInterval: 100, send: "tick" } },
      { progress: (facts) => void told.push(facts) },
    );
    expect(findings).toMatchObject({ result: "up", close: { code: 1000, clean: true } });
    const { stability } = findings;
    expect(stability).toMatchObject({ drops: 0, reconnects: 0, missedPongs: 0 });
    expect(stability!.pings).toBeGreaterThan(15);
    expect(stability!.messagesSent).toBe(stability!.pings);
    expect(stability!.messagesReceived).toBeGreaterThanOrEqual(stability!.pings - 2);
    expect(stability!.duration).toBeCloseTo(2.5, 0);
    expect(stability!.connected).toBeCloseTo(stability!.duration, 1);
    expect(stability!.roundTrip!.p50).toBeGreaterThan(0);
    expect(told).toHaveLength(2);
  });

  test("comes back after it was lost", async () => {
    const { server, url } = await serve();
    let first = true;
    server.on("connection", (socket) => {
      if (first) setTimeout(() => socket.terminate(), 200);
      first = false;
    });
    const findings = await visit({ url, hold: { duration: 2500, pingInterval: 100 } });
    expect(findings).toMatchObject({
      result: "degraded",
      error: { type: "reconnected" },
      stability: { drops: 1, reconnects: 1 },
      close: { code: 1000 },
    });
    expect(findings.stability!.connected).toBeLessThan(findings.stability!.duration - 0.4);
    expect(findings.error!.message).toContain("the last time because");
  });

  test("is down where it does not come back", async () => {
    const { server, url } = await serve();
    server.on("connection", (socket) => {
      server.close();
      setTimeout(() => socket.close(1012), 100);
    });
    const findings = await visit({ url, hold: { duration: 3000, pingInterval: 100 } });
    expect(findings).toMatchObject({ result: "down", stability: { drops: 1, reconnects: 0 } });
    expect(findings.error!.type).toBe("ECONNREFUSED");
  });

  test("is degraded where pongs are missing, and down where none comes any more", async () => {
    const { server, url } = await serve({ autoPong: false });
    let answering = true;
    server.on("connection", (socket) => {
      let count = 0;
      socket.on("ping", (data) => {
        count += 1;
        if (answering && count !== 3) socket.pong(data);
      });
    });
    const target: ProbeTarget = { url, hold: { duration: 2000, pingInterval: 200 } };
    expect(await visit(target)).toMatchObject({
      result: "degraded",
      error: { type: "missed_pongs" },
      stability: { missedPongs: 1 },
    });
    answering = false;
    expect(await visit({ ...target, steps: [] })).toMatchObject({ result: "down", error: { type: "pong_timeout" } });
  });
});

describe("redirects", () => {
  test("are followed with phases of their own, and their secrets are not shown", async () => {
    const { url } = await serve();
    const first = await serveRaw((socket) => {
      const location = `${url.replace("ws:", "http:")}?token=${SECRET}`;
      socket.once("data", () => socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`));
    });
    const findings = await visit({ url: first, maxRedirects: 1 });
    expect(findings).toMatchObject({
      result: "up",
      upgrade: { status: 101, redirects: [`${url}?token=REDACTED`] },
    });
    expect(findings.phases.map(({ phase }) => phase)).toEqual([
      "connect",
      "upgrade",
      "connect",
      "upgrade",
      "message",
      "close",
    ]);
    expect(findings.phases.every(({ error }) => error === undefined)).toBe(true);
    expect(await visit({ url: first })).toMatchObject({ result: "down", error: { type: "too_many_redirects" } });
    expect(await visit({ url: first, expectStatus: 302 })).toMatchObject({ result: "up", upgrade: { status: 302 } });
  });
});
