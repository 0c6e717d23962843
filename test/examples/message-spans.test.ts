import { expect, test } from "vitest";
import { assertConforms } from "../support/conform.ts";
import { attrs, spans } from "../support/query.ts";
import { describeExample, exampleKit } from "./kit.ts";

const kit = exampleKit();

describeExample("message-spans.mjs", () => {
  test("puts the work of each request under its message, and names messages by their methods", async () => {
    const { code, stdout, stderr } = await kit.run("message-spans.mjs").ended;
    expect([code, stderr, stdout.trim().split("\n").length]).toEqual([0, "", 3]);
    const { telemetry } = kit.receiver;
    assertConforms(telemetry);
    const methods = ["orders.list", "orders.get", "orders.break"];
    for (const method of methods) {
      const [received] = spans(telemetry, { name: `receive ${method}` });
      const [sent] = spans(telemetry, { name: `send ${method}` });
      expect(attrs(received!)).toMatchObject({ "http.route": "/rpc", "websocket.operation.name": method });
      expect(received!.links).toHaveLength(1);
      const work = spans(telemetry, ({ parentSpanId }) => parentSpanId === received!.spanId);
      // The answer has no operation of its own.
      expect(new Set(work.map(({ name }) => name))).toEqual(new Set(["SELECT orders", "send /rpc"]));
      const [call] = spans(telemetry, { name: `call ${method}` });
      expect(sent!.parentSpanId).toBe(call!.spanId);
    }
    // The listener handled it itself; what it noted stands on the message's span.
    const [broken] = spans(telemetry, { name: "receive orders.break" });
    expect(broken!.events.map((event) => attrs(event)["exception.message"])).toEqual(["no such order"]);
  });
});
