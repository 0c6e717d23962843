import { expect, test } from "vitest";
import { HTTP_SCOPE, OUR_SCOPE, reportOf, spansOf, startApp } from "./run.ts";
import type { Report } from "./run.ts";

const UNDICI_SCOPE = "@opentelemetry/instrumentation-undici";
const SERVER = 1;
const CLIENT = 2;

async function run(client: "ws" | "global"): Promise<Report> {
  const app = startApp("undici.cjs", { INSTRUMENTATIONS: "undici", CLIENT: client });
  const report = await reportOf(app);
  expect(await app.ended).toMatchObject({ code: 0, stderr: "" });
  expect(report.errors).toEqual([]);
  // That of the fetch.
  expect(spansOf(report, UNDICI_SCOPE)).toMatchObject([{ attributes: { "http.response.status_code": 200 } }]);
  return report;
}

test("undici's instrumentation leaves a client of ws alone", async () => {
  const report = await run("ws");
  const [client] = spansOf(report, OUR_SCOPE, CLIENT);
  expect(spansOf(report, OUR_SCOPE, SERVER)).toMatchObject([{ parentId: client!.spanId }]);
  expect(spansOf(report, HTTP_SCOPE)).toEqual([]);
  expect(report).toMatchObject({ open: [], metrics: { "http.client.request.duration": 1 } });
});

test("Node's own WebSocket sends the context of a span of undici's instrumentation, which is never ended", async () => {
  const report = await run("global");
  const [undici] = report.open;
  expect(report.open).toMatchObject([{ scope: UNDICI_SCOPE, kind: CLIENT }]);
  expect(report.traceparents).toEqual([`00-${undici!.traceId}-${undici!.spanId}-01`]);
  expect(spansOf(report, OUR_SCOPE)).toMatchObject([
    { kind: SERVER, traceId: undici!.traceId, parentId: undici!.spanId },
  ]);
});
