import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Collector } from "./support/collector.ts";
import { eventually } from "./support/eventually.ts";
import { sendCounter, sendSpans } from "./support/otlp.ts";
import { removeServers } from "./support/server.ts";

let collector: Collector;
beforeAll(async () => {
  // Nothing but ports and the folder for queues, which two Collectors cannot share.
  collector = await Collector.create();
  await collector.start();
});
afterAll(removeServers);

describe("the shipped configuration with nothing set", () => {
  test("serves metrics for scraping", async () => {
    await sendCounter(collector.otlp, "chat", ["one"], 42);
    await eventually(async () => {
      const exposed = await (await fetch(`http://${collector.scrape}/metrics`)).text();
      expect(exposed).toMatch(/^test_counter_total\{instance="one",job="chat",.*\} 42$/m);
    });
  });

  test("prints a line for a batch of spans", async () => {
    await sendSpans(collector.otlp, "chat", [{ error: true }]);
    await eventually(() => expect(collector.output).toMatch(/Traces.*"otelcol.component.id": "debug".*"spans": 1\b/));
  });

  test.each([
    ["http://localhost:5173", "http://localhost:5173"],
    ["https://example.com", null],
  ])("answers a browser's page from %s with %s", async (origin, allowed) => {
    const response = await fetch(`${collector.otlp}/v1/traces`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-custom",
      },
    });
    expect(response.headers.get("access-control-allow-origin")).toBe(allowed);
  });

  test("warns of nothing: no setting is deprecated", () => {
    expect(collector.output.split("\n").filter((line) => /\t(warn|error)\t|deprecat/i.test(line))).toEqual([]);
  });

  test("keeps its queues in the folder that it was given", () => {
    expect(existsSync(join(collector.folder, "data"))).toBe(true);
  });
});
