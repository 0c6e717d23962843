import { afterAll, describe, expect, test } from "vitest";
import { METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION } from "../../src/semconv.ts";
import { WS_VERSIONS, copyWs } from "../support/ws.ts";
import type { WsVersion } from "../support/ws.ts";
import { HTTP_SCOPE, OUR_SCOPE, reportOf, spansOf, startApp } from "./run.ts";
import type { Report } from "./run.ts";

const SERVER = 1;
const CLIENT = 2;
const HTTP_CLIENT_DURATION = "http.client.request.duration";

async function run(scenario: string, options: object = { suppressHttpSpan: true }, env = {}): Promise<Report> {
  const app = startApp("client.cjs", { SCENARIO: scenario, OPTIONS: JSON.stringify(options), ...env });
  const report = await reportOf(app);
  expect(await app.ended).toMatchObject({ code: 0, stderr: "" });
  return report;
}

/** That the server was told of our client's span, and its own is under it. */
function expectOurTrace(report: Report): void {
  const [ours] = spansOf(report, OUR_SCOPE, CLIENT);
  const [server] = spansOf(report, OUR_SCOPE, SERVER);
  expect(report.traceparents).toEqual([`00-${ours!.traceId}-${ours!.spanId}-01`]);
  expect(server).toMatchObject({ traceId: ours!.traceId, parentId: ours!.spanId });
}

describe.each(Object.keys(WS_VERSIONS) as WsVersion[])(
  "a client of ws %s beside the HTTP instrumentation",
  (version) => {
    const copy = copyWs(version);
    const ws = copy.directory;
    afterAll(() => copy.remove());

    test.each(["ws", "wss"])("has one span, ours, whose trace context is sent, over %s", async (scheme) => {
      const report = await run("connection", undefined, { WS: ws, SECURE: scheme === "wss" ? "1" : "0" });
      expect(spansOf(report, OUR_SCOPE)).toHaveLength(2);
      expectOurTrace(report);
      expect(report).toMatchObject({ errors: [], open: [], restored: true, unchanged: true });
      // The GET that follows is the instrumentation's as ever.
      expect(spansOf(report, HTTP_SCOPE).map(({ kind, name }) => [kind, name])).toEqual([
        [SERVER, "GET"],
        [CLIENT, "GET"],
      ]);
      expect(report.metrics).toMatchObject({
        [HTTP_CLIENT_DURATION]: 1,
        [METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION]: 1,
      });
      // Nothing that goes on in listeners is suppressed, or under a span of the handshake's.
      expect(spansOf(report, "application")).toMatchObject([{ name: "work" }]);
      expect(spansOf(report, "application")[0]).not.toHaveProperty("parentId");
    });

    test("has the instrumentation's span too where nothing else is asked for", async () => {
      const report = await run("connection", {}, { WS: ws });
      const handshake = spansOf(report, HTTP_SCOPE, CLIENT).find(({ attributes }) =>
        String(attributes["url.full"]).endsWith("/chat"),
      );
      expect(spansOf(report, OUR_SCOPE, CLIENT)).toMatchObject([{ parentId: handshake!.spanId }]);
      expectOurTrace(report);
      expect(report).toMatchObject({ errors: [], metrics: { [HTTP_CLIENT_DURATION]: 2 } });
    });
  },
);

describe("a client whose HTTP span is suppressed", () => {
  test("leaves listeners under the span that was active when it was made", async () => {
    const report = await run("activeSpan");
    const { spanId } = report.spans.find(({ name }) => name === "application")!;
    expect(report.spans.find(({ name }) => name === "work")).toMatchObject({ parentId: spanId });
    expect(spansOf(report, OUR_SCOPE, CLIENT)).toMatchObject([{ parentId: spanId }]);
    expect(spansOf(report, HTTP_SCOPE)).toEqual([]);
  });

  test.each(["ws", "wss"])("follows a redirection to %s without one", async (scheme) => {
    const report = await run("redirect", undefined, { SECURE: scheme === "wss" ? "1" : "0" });
    expect(spansOf(report, HTTP_SCOPE)).toEqual([]);
    expectOurTrace(report);
    expect(report).toMatchObject({ errors: [], unchanged: true });
  });

  test("leaves other requests alone that are made while it is refused", async () => {
    const report = await run("refusal");
    const attributes = { "url.full": expect.stringMatching(/\/$/) as string };
    expect(spansOf(report, HTTP_SCOPE, CLIENT)).toMatchObject([{ attributes }]);
    expect(report).toMatchObject({ errors: [], unchanged: true });
  });

  test("leaves other requests alone that follow a constructor which throws", async () => {
    const report = await run("exception");
    expect(report).toMatchObject({ thrown: "SyntaxError", errors: [], unchanged: true });
    expect(spansOf(report, HTTP_SCOPE, CLIENT)).toMatchObject([{ name: "GET" }]);
    expect(report.metrics).toMatchObject({ [HTTP_CLIENT_DURATION]: 1 });
    expectOurTrace(report);
  });

  test("leaves the instrumentation in effect for who wrapped a stand-in", async () => {
    const report = await run("wrappedMeanwhile");
    expect(report).toMatchObject({ calls: 2, errors: [], metrics: { [HTTP_CLIENT_DURATION]: 2 } });
  });

  test("has none either where nobody answers", async () => {
    const report = await run("connectionRefused");
    expect(report).toMatchObject({ code: "ECONNREFUSED", errors: [], unchanged: true });
    expect(spansOf(report, HTTP_SCOPE)).toEqual([]);
    expect(report.metrics).not.toHaveProperty([HTTP_CLIENT_DURATION]);
    expect(spansOf(report, OUR_SCOPE)).toHaveLength(1);
  });

  test("leaves its agent's own requests to the instrumentation", async () => {
    const report = await run("agent");
    expect(spansOf(report, HTTP_SCOPE, CLIENT)).toMatchObject([{ name: "CONNECT" }]);
    expectOurTrace(report);
  });

  test("leaves another library's wrapper beneath in effect", async () => {
    const report = await run("wrapperBeneath");
    expect(report).toMatchObject({ calls: 1, errors: [] });
    expect(spansOf(report, HTTP_SCOPE, CLIENT)).toEqual([]);
    expectOurTrace(report);
  });

  test("leaves another library's wrapper above in effect, and says once what to do", async () => {
    const report = await run("wrapperAbove");
    expect(report).toMatchObject({ calls: 2, unchanged: true });
    expect(report.errors).toEqual([
      expect.stringMatching(/suppressHttpSpan: .*another library wraps http\.request.* ignoreOutgoingRequestHook: \(/),
    ]);
    expect(spansOf(report, HTTP_SCOPE, CLIENT)).toHaveLength(2);
  });

  test("leaves functions alone that cannot be put back", async () => {
    const report = await run("otherProperties");
    expect(report).toMatchObject({ unchanged: true });
    expect(report.errors).toEqual([expect.stringContaining("ignoreOutgoingRequestHook")]);
    expectOurTrace(report);
  });

  test("needs no more than what that message says", async () => {
    const report = await run("wrapperAboveAndHook");
    expect(report).toMatchObject({ calls: 2, errors: [] });
    expect(spansOf(report, HTTP_SCOPE)).toEqual([]);
    const ours = spansOf(report, OUR_SCOPE, CLIENT).map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`);
    expect(report.traceparents).toEqual(ours);
  });

  test("has none in ES modules either, where the instrumentation wraps twice", async () => {
    const app = startApp("client.mjs", { OPTIONS: JSON.stringify({ suppressHttpSpan: true }) });
    const report = await reportOf(app);
    expectOurTrace(report);
    expect(report).toMatchObject({ errors: [], open: [] });
    const statuses = spansOf(report, HTTP_SCOPE, CLIENT).map(
      ({ attributes }) => attributes["http.response.status_code"],
    );
    expect(statuses).toEqual([426]);
    expect(spansOf(report, OUR_SCOPE)).toHaveLength(2);
  });

  test("does not take another copy's client along", async () => {
    const report = await run("copies");
    expect(spansOf(report, HTTP_SCOPE, CLIENT)).toHaveLength(1);
    expect(spansOf(report, OUR_SCOPE, CLIENT)).toHaveLength(2);
    expect(report).toMatchObject({ errors: [], unchanged: true });
  });

  test("has it again when this instrumentation is disabled", async () => {
    const report = await run("disabled");
    expect(spansOf(report, OUR_SCOPE)).toEqual([]);
    expect(spansOf(report, HTTP_SCOPE, CLIENT)).toHaveLength(1);
  });
});
