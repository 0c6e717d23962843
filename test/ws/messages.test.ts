import { once } from "node:events";
import { expect, test } from "vitest";
import type { WebSocket } from "ws";
import {
  METRIC_WEBSOCKET_CLIENT_MESSAGES,
  METRIC_WEBSOCKET_CLIENT_MESSAGE_IO,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
  METRIC_WEBSOCKET_SERVER_MESSAGE_IO,
  METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE,
  METRIC_WEBSOCKET_SERVER_NETWORK_IO,
} from "../../src/semconv.ts";
import { attrs, latest, spans, sumOf } from "../support/query.ts";
import { closed, connect, received } from "../support/ws.ts";
import { conformance } from "./conformance.ts";

conformance("messages and bytes", (kit) => {
  const sends: [string, (socket: WebSocket) => void, "text" | "binary", number][] = [
    ["text", (socket) => socket.send("hello"), "text", 5],
    ["text with multi-byte characters", (socket) => socket.send("héllo wörld €🙂"), "text", 21],
    ["empty text", (socket) => socket.send(""), "text", 0],
    ["a number", (socket) => socket.send(12_345), "text", 5],
    ["a Buffer", (socket) => socket.send(Buffer.alloc(300)), "binary", 300],
    ["an empty Buffer", (socket) => socket.send(Buffer.alloc(0)), "binary", 0],
    ["an ArrayBuffer", (socket) => socket.send(new ArrayBuffer(70_000)), "binary", 70_000],
    ["a view into a larger buffer", (socket) => socket.send(new Uint16Array(new ArrayBuffer(64), 16, 8)), "binary", 16],
    ["binary sent as text", (socket) => socket.send(Buffer.from("abc"), { binary: false }), "text", 3],
    ["text sent as binary", (socket) => socket.send("äbc", { binary: true }), "binary", 4],
    [
      "fragments",
      (socket) => {
        socket.send("ab", { fin: false });
        socket.send("c€", { fin: false });
        socket.send("", { fin: true });
      },
      "text",
      6,
    ],
    ["a callback in the place of the options", (socket) => socket.send("cb", () => {}), "text", 2],
  ];

  test.each([
    ["without compression", false],
    ["with permessage-deflate", true],
  ])("counts every kind of message exactly, in both directions, %s", async (_name, deflate) => {
    await kit.start({ perMessageDeflate: deflate && { threshold: 0 } });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url, { perMessageDeflate: deflate });
    for (const [from, to] of [
      [client, peer],
      [peer, client],
    ] as const) {
      const all = received(to, sends.length);
      for (const [, send] of sends) send(from);
      await all;
    }
    client.close();
    await closed(client, peer);

    const telemetry = await kit.sdk.collect();
    for (const type of ["text", "binary"] as const) {
      const expected = sends.filter(([, , sent]) => sent === type);
      const bytes = expected.reduce((sum, [, , , length]) => sum + length, 0);
      for (const direction of ["sent", "received"]) {
        const filter = { "websocket.message.type": type, "websocket.message.direction": direction };
        expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES, filter)).toBe(expected.length);
        expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGES, filter)).toBe(expected.length);
        expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGE_IO, filter)).toBe(bytes);
        expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGE_IO, filter)).toBe(bytes);
      }
    }
    const sizes = latest(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE, {
      "websocket.message.direction": "received",
    });
    expect(sizes).toHaveLength(1);
    expect(sizes[0]?.point.count).toBe(sends.length);
    expect(sizes[0]?.point.sum).toBe(sends.reduce((sum, [, , , length]) => sum + length, 0));
    const [span] = spans(telemetry, ({ kind }) => kind === 2);
    expect(attrs(span!)).toMatchObject({
      "websocket.connection.messages_received": sends.length,
      "websocket.connection.messages_sent": sends.length,
      "websocket.compression": deflate ? "permessage_deflate" : "none",
    });
  });

  test.each(["nodebuffer", "arraybuffer", "fragments"] as const)(
    "counts received bytes whatever form the application asks for: %s",
    async (binaryType) => {
      await kit.start();
      const { client, peer } = await connect(kit.ws, kit.server, kit.url);
      client.binaryType = binaryType;
      const all = received(client, 2);
      peer.send(Buffer.alloc(1000));
      peer.send(Buffer.alloc(10), { fin: false });
      peer.send(Buffer.alloc(20), { fin: true });
      await all;
      const filter = { "websocket.message.direction": "received", "websocket.message.type": "binary" };
      const telemetry = await kit.sdk.collect();
      expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGES, filter)).toBe(2);
      expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGE_IO, filter)).toBe(1030);
    },
  );

  test("counts what a client sends from its open listener", async () => {
    await kit.start();
    const connection = once(kit.server, "connection") as Promise<[WebSocket]>;
    const client = new kit.ws.WebSocket(kit.url);
    client.on("open", () => client.send("first"));
    const [peer] = await connection;
    await received(peer, 1);
    const telemetry = await kit.sdk.collect();
    expect(sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGES)).toBe(1);
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES)).toBe(1);
  });

  test("counts bytes on the wire with framing and without the HTTP upgrade", async () => {
    await kit.start({ perMessageDeflate: false });
    const { client, peer } = await connect(kit.ws, kit.server, kit.url);
    const all = received(peer, 2);
    client.send("12345");
    client.send(Buffer.alloc(200));
    await all;
    const telemetry = await kit.sdk.collect();
    // RFC 6455 section 5.2: 2 bytes of header, 2 more of length from 126 on, 4 of mask.
    const wire = { "websocket.message.direction": "received" };
    expect(sumOf(telemetry, METRIC_WEBSOCKET_SERVER_NETWORK_IO, wire)).toBe(2 + 4 + 5 + 4 + 4 + 200);
  });
});
