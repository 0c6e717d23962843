import { once } from "node:events";
import { expect, test } from "vitest";
import type { WebSocket } from "ws";
import { graphqlWsOperation } from "../../../src/index.ts";
import { spans } from "../../support/query.ts";
import { closed, connect } from "../../support/ws.ts";
import { conformance } from "../conformance.ts";
import { attrs, connectionSpan, inSpan, messageSpans, useContexts, work } from "./kit.ts";

const PRODUCER = 4;
const SENDS = { receive: false };

useContexts();

/** A send with any arguments, as an application in JavaScript can call it. */
type Send = (this: unknown, ...args: unknown[]) => unknown;

conformance("sent messages", (kit) => {
  async function end(client: WebSocket, peer: WebSocket) {
    client.terminate();
    await closed(client, peer);
    expect(kit.sdk.openSpans()).toEqual([]);
    return kit.sdk.collect();
  }

  test("a span is the child of the caller's, with a link to the connection, and ends with the callback", async () => {
    await kit.start({}, { messageSpans: { ...SENDS, operation: graphqlWsOperation } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const open: string[][] = [];
    const sent = new Promise<unknown[]>((resolve) => {
      inSpan(kit.sdk, "caller", () =>
        client.send('{"type":"subscribe"}', (...args: unknown[]) => {
          open.push(kit.sdk.openSpans());
          work(kit.sdk, "in the callback");
          resolve(args);
        }),
      );
    });
    const args = await sent;
    expect(args.every((arg) => arg == null)).toBe(true);
    expect(open[0]).not.toContain("send subscribe");
    const telemetry = await end(client, peer);
    const [span, ...others] = messageSpans(telemetry, "send");
    expect(others).toEqual([]);
    const [caller] = spans(telemetry, { name: "caller" });
    expect([span?.name, span?.kind, span?.parentSpanId]).toEqual(["send subscribe", PRODUCER, caller?.spanId]);
    expect(span?.links.map(({ spanId }) => spanId)).toEqual([connectionSpan(telemetry, "client").spanId]);
    expect(attrs(span!)).toMatchObject({
      "websocket.message.direction": "sent",
      "websocket.message.type": "text",
      "websocket.message.size": 20,
      "websocket.operation.name": "subscribe",
      "server.address": "127.0.0.1",
    });
    // The callback runs in the caller's context, as without us.
    const [callback] = spans(telemetry, { name: "in the callback" });
    expect(callback?.parentSpanId).toBe(caller?.spanId);
  });

  test("whatever form a send has, it goes through, and its span ends", async () => {
    await kit.start({}, { messageSpans: SENDS });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const send = Reflect.get(client, "send") as Send;
    const forms: [unknown[], string, number][] = [
      [["text"], "text", 4],
      [["zwölf", {}], "text", 6],
      [["binary", { binary: true }, undefined], "binary", 6],
      [[12.5], "text", 4],
      [[Buffer.alloc(70_000)], "binary", 70_000],
      [[new ArrayBuffer(5)], "binary", 5],
      [[new Uint16Array(3), { binary: false }], "text", 6],
      [["", null], "text", 0],
      [["with", {}, null], "text", 4],
    ];
    for (const [args] of forms) {
      const arrived = once(peer, "message");
      expect(Reflect.apply(send, client, args)).toBeUndefined();
      await arrived;
    }
    const done = new Promise<void>((resolve) => {
      Reflect.apply(send, client, ["callback third", {}, resolve]);
    });
    await done;
    const telemetry = await end(client, peer);
    const found = messageSpans(telemetry, "send").map((span) => {
      const all = attrs(span);
      return [all["websocket.message.type"], all["websocket.message.size"]];
    });
    expect(found).toEqual([...forms.map(([, type, size]) => [type, size]), ["text", 14]]);
  });

  test("a send that throws throws what it throws, with an error on its span", async () => {
    await kit.start({}, { messageSpans: SENDS });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    expect(() => client.send({ no: "bytes" } as unknown as string)).toThrow(TypeError);
    const telemetry = await end(client, peer);
    const [span] = messageSpans(telemetry, "send");
    expect(span?.status?.code).toBe(2);
    expect(attrs(span!)["error.type"]).toMatch(/^(TypeError|ERR_INVALID_ARG_TYPE)$/);
  });

  test("a send that ws refuses is left to it, and a message that the connection takes with it has an error", async () => {
    await kit.start({}, { messageSpans: SENDS });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const big = Buffer.alloc(40_000_000);
    const failed = new Promise<Error | undefined>((resolve) => {
      client.send(big, resolve);
    });
    client.terminate();
    const late = new Promise<Error | undefined>((resolve) => {
      client.send("too late", resolve);
    });
    expect((await late)?.message).toContain("not open");
    await closed(client, peer);
    await failed;
    expect(kit.sdk.openSpans()).toEqual([]);
    const telemetry = await kit.sdk.collect();
    const found = messageSpans(telemetry, "send");
    expect(found.map((span) => attrs(span)["websocket.message.size"])).toEqual([big.length]);
    expect(found[0]?.status?.code).toBe(2);
  });
});
