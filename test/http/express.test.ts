import { once } from "node:events";
import { Agent, get } from "node:http";
import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { closed } from "../support/ws.ts";
import type { Running } from "../support/process.ts";
import { HTTP_SCOPE, OUR_SCOPE, reportOf, spansOf, startApp } from "./run.ts";
import type { Report, ReportedSpan } from "./run.ts";

const SERVER = 1;
const EXPRESS_SCOPE = "@opentelemetry/instrumentation-express";
const REMOTE = { traceId: "0af7651916cd43dd8448eb211c80319c", parentId: "b7ad6b7169203331" };
const TRACEPARENT = `00-${REMOTE.traceId}-${REMOTE.parentId}-01`;

const apps: Running[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) {
    app.kill("SIGKILL");
    await app.ended;
  }
});

/** Requests, an upgrade and a request again, one after the other; all on one connection as far as HTTP goes. */
async function traffic(mode: string, env: Readonly<Record<string, string>> = {}): Promise<Report> {
  const app = startApp("express.cjs", { INSTRUMENTATIONS: "http,express", MODE: mode, ...env });
  apps.push(app);
  const [, port = ""] = await app.line(/^listening (\d+)/);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (path: string): Promise<number> => {
    const [response] = (await once(get(`http://127.0.0.1:${port}${path}`, { agent }), "response")) as [IncomingMessage];
    const { localPort = 0 } = response.socket;
    const free = once(agent, "free");
    response.resume();
    await free;
    return localPort;
  };
  const before = await ask("/api/rooms/1");
  expect(await ask("/api/rooms/2")).toBe(before);
  const client = new WebSocket(`ws://127.0.0.1:${port}/chat`, { agent, headers: { traceparent: TRACEPARENT } });
  const upgraded = once(client, "upgrade") as Promise<[IncomingMessage]>;
  await once(client, "open");
  expect((await upgraded)[0].socket.localPort).toBe(before);
  client.send("hello");
  await once(client, "message");
  client.close();
  await closed(client);
  await ask("/api/rooms/3");
  agent.destroy();
  app.kill("SIGTERM");
  return reportOf(app);
}

/** What is the same in every run. */
function shape(spans: readonly ReportedSpan[]): object[] {
  return spans.map(({ name, scope, kind, attributes, parentId }) => {
    const { "server.port": _server, "network.peer.port": _peer, "url.full": _url, ...rest } = attributes;
    return { name, scope, kind, nested: parentId !== undefined, attributes: rest };
  });
}

describe.each(["server", "noServer", "routes"])("an Express server that takes WebSockets too (%s)", (mode) => {
  test("has one span for an upgrade, ours, under the client's, and its requests' spans as ever", async () => {
    const [report, without] = [await traffic(mode), await traffic(mode, { OURS: "0" })];
    expect(report.errors).toEqual([]);

    const requests = spansOf(report, HTTP_SCOPE);
    expect(requests.map(({ name, kind }) => [name, kind])).toEqual([1, 2, 3].map(() => ["GET /api/rooms/:id", SERVER]));
    expect(requests.map(({ attributes }) => attributes["http.route"])).toEqual([1, 2, 3].map(() => "/api/rooms/:id"));
    for (const work of report.spans.filter(({ name }) => name === "work in the route")) {
      expect(requests.map(({ traceId }) => traceId)).toContain(work.traceId);
    }
    const theirs = ({ scope }: ReportedSpan): boolean => scope === HTTP_SCOPE || scope === EXPRESS_SCOPE;
    expect(shape(report.spans.filter(theirs))).toEqual(shape(without.spans.filter(theirs)));
    expect(spansOf(report, EXPRESS_SCOPE).length).toBeGreaterThan(2);
    expect(report.metrics["http.server.request.duration"]).toBe(without.metrics["http.server.request.duration"]);

    expect(spansOf(report, OUR_SCOPE)).toMatchObject([{ kind: SERVER, ...REMOTE }]);
    expect(report.spans.filter(({ traceId }) => traceId === REMOTE.traceId)).toEqual(spansOf(report, OUR_SCOPE));
    expect(spansOf(without, OUR_SCOPE)).toEqual([]);
  });

  test("has no span of HTTP's over what happens on the connection", async () => {
    const { spans } = await traffic(mode);
    const here = spans.filter(({ name }) => name === "work in the listener" || name === "authenticate");
    expect(here).toHaveLength(mode === "noServer" ? 2 : 1);
    for (const span of here) expect(span).not.toHaveProperty("parentId");
  });
});
