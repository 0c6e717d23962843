import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AlertLog, firingAlerts } from "../../scripts/scenario/alerts.ts";
import { freePort } from "../support/port.ts";

/** Alerts as Prometheus answers them. */
const ALERTS = [
  { state: "firing", labels: { alertname: "Storm", severity: "critical", job: "chat" } },
  { state: "firing", labels: { alertname: "Full", severity: "warning", job: "chat", instance: "1" } },
  { state: "firing", labels: { alertname: "Full", severity: "warning", job: "chat", instance: "2" } },
  { state: "pending", labels: { alertname: "Slow", severity: "warning", job: "chat" } },
  { state: "firing", labels: { alertname: "Gone", severity: "warning", job: "another" } },
];

const server = createServer(({ url }, response) => {
  if (url === "/api/v1/alerts") response.end(JSON.stringify({ status: "success", data: { alerts: ALERTS } }));
  else response.writeHead(404).end();
});
let address = "";

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => void server.close());

describe("alerts of a Prometheus", () => {
  test("are those of the given jobs that fire, each once", async () => {
    expect(await firingAlerts(`${address}/`, ["chat", "chat-clients"])).toEqual(["critical Storm", "warning Full"]);
    expect(await firingAlerts(address, ["nobody"])).toEqual([]);
  });

  test("cannot be had where none answers, and the error says where and how to mend it", async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    await expect(firingAlerts(nobody, [])).rejects.toThrow(
      /expected an answer from .*\/api\/v1\/alerts, got none \(.*ECONNREFUSED.*\); give the address/,
    );
    await expect(firingAlerts(`${address}/other`, [])).rejects.toThrow("expected 200 from");
  });
});

describe("a log of alerts", () => {
  test("remembers when each fired first, and knows what is missing and what was not expected", () => {
    const log = new AlertLog();
    expect(log.note(["critical Storm"], 1)).toEqual(["critical Storm"]);
    expect(log.note(["critical Storm", "warning Full"], 2)).toEqual(["warning Full"]);
    expect(log.note([], 3)).toEqual([]);
    expect([...log.fired]).toEqual([
      ["critical Storm", 1],
      ["warning Full", 2],
    ]);
    expect(log.missing(["warning Full", "warning Slow"])).toEqual(["warning Slow"]);
    expect(log.unexpected(["warning Full"])).toEqual(["critical Storm"]);
  });
});
