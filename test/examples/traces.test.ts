import { expect, test } from "vitest";
import { attrs, logs, spans } from "../support/query.ts";
import { describeExample, exampleKit } from "./kit.ts";

const kit = exampleKit();

describeExample("long-lived.mjs", () => {
  test("has segments that are linked, and events in between", async () => {
    const ending = await kit.run("long-lived.mjs").ended;
    expect(ending).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    // The receiver's reports come in order.
    await kit.receiver.behave("accept");
    const segments = spans(kit.receiver.telemetry, { name: "websocket /feed" });
    expect(segments.map((span) => attrs(span)["websocket.connection.segment"])).toEqual([1, 2, 3]);
    expect(segments.map(({ links }) => links.length)).toEqual([1, 2, 2]);
    const events = logs(kit.receiver.telemetry, { attributes: { "websocket.connection.role": "server" } });
    const names = events.map(({ eventName }) => eventName.slice("websocket.connection.".length));
    expect([names[0], names.at(-1)]).toEqual(["opened", "closed"]);
    expect(names.filter((name) => name === "checkpoint").length).toBeGreaterThanOrEqual(2);
  });
});
