import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type * as graphql from "graphql";
import type * as graphqlWs from "graphql-ws";
import type * as graphqlWsServer from "graphql-ws/use/ws";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { graphqlWsOperation, observeServer, socketIoOperation } from "../../src/index.ts";
import type { ConnectionObservation } from "../../src/index.ts";
import { spans } from "../support/query.ts";
import { startSdk } from "../support/sdk.ts";
import type { TestSdk } from "../support/sdk.ts";

// The test runner would resolve `graphql` to another build of it than graphql-ws does.
const require = createRequire(import.meta.url);
const { GraphQLObjectType, GraphQLSchema, GraphQLString } = require("graphql") as typeof graphql;
const { createClient } = require("graphql-ws") as typeof graphqlWs;
const { useServer } = require("graphql-ws/use/ws") as typeof graphqlWsServer;

let sdk: TestSdk;
let observation: ConnectionObservation;

beforeEach(() => {
  sdk = startSdk();
});
afterEach(() => observation.stop());

function observe(server: object, operation: typeof graphqlWsOperation): void {
  const { tracerProvider, meterProvider } = sdk;
  observation = observeServer(server, { tracerProvider, meterProvider, messageSpans: { operation } });
}

/** Names of the spans of messages, in the order in which they began. */
async function names(): Promise<string[]> {
  const found = spans(await sdk.collect(), ({ kind }) => kind === 4 || kind === 5);
  return found
    .toSorted((one, other) => (BigInt(one.startTimeUnixNano) < BigInt(other.startTimeUnixNano) ? -1 : 1))
    .map(({ name }) => name);
}

test("spans of graphql-ws say what each message is for", async () => {
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: "Query",
      fields: { hello: { type: GraphQLString, resolve: () => "world" } },
    }),
  });
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/graphql" });
  await once(server, "listening");
  observe(server, graphqlWsOperation);
  const served = useServer({ schema }, server);
  const url = `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/graphql`;
  const client = createClient({ url, webSocketImpl: WebSocket, lazy: false });
  const answer = await new Promise((resolve, reject) => {
    client.subscribe({ query: "{ hello }" }, { next: resolve, error: reject, complete: () => {} });
  });
  expect(answer).toEqual({ data: { hello: "world" } });
  await client.dispose();
  await served.dispose();
  const found = await names();
  expect(found.filter((name) => name.startsWith("receive"))).toEqual(["receive connection_init", "receive subscribe"]);
  expect(found.filter((name) => name.startsWith("send"))).toEqual([
    "send connection_ack",
    "send next",
    "send complete",
  ]);
});

test("spans of Socket.IO say the event of each packet", async () => {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  const server = new Server(http);
  observe((server.engine as unknown as { ws: object }).ws, socketIoOperation);
  server.on("connection", (socket) => {
    socket.on("order", (_id: number, done: (state: string) => void) => done("taken"));
  });
  const url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  const client = io(url, { transports: ["websocket"] });
  expect(await client.emitWithAck("order", 7)).toBe("taken");
  client.disconnect();
  await server.close();
  const found = await names();
  expect(found).toContain("receive order");
  expect(found.filter((name) => name.startsWith("receive"))).toEqual(
    expect.arrayContaining(["receive connect", "receive order"]),
  );
});
