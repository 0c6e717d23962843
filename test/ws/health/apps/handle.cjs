const { WebSocket, WebSocketServer } = require("ws");
const { getConnection } = require("../../../../src/index.ts");

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
server.on("connection", (peer) => console.log("server", typeof getConnection(peer)?.expectAck));
server.on("listening", () => {
  const client = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
  client.on("open", () => {
    console.log("client", typeof getConnection(client)?.expectAck);
    client.on("close", () => server.close());
    client.close();
  });
});
