// A chat server with a page. It asks the database for each message, and knows nothing of OpenTelemetry.
const { readFileSync } = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { Client } = require("pg");
const { WebSocketServer } = require("ws");

const page = readFileSync(path.join(__dirname, "page.html"));

async function main() {
  const database = new Client(process.env.DATABASE_URL);
  await database.connect();

  const server = http.createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(page);
  });
  new WebSocketServer({ server, path: "/chat" }).on("connection", (socket) => {
    socket.on("message", async (/** @type {Buffer} */ room) => {
      const { rows } = await database.query("SELECT body FROM messages WHERE room = $1 ORDER BY id", [room.toString()]);
      socket.send(JSON.stringify(rows.map(({ body }) => body)));
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port}`));
}

void main();
