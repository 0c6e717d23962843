// An Express application whose server takes WebSockets too; MODE says how. SIGTERM prints what was recorded.
const { report, tracer } = require("./otel.cjs");
const express = require("express");
const http = require("node:http");
const { WebSocketServer } = require("ws");

const app = express();
const rooms = express.Router();
rooms.get("/rooms/:id", (request, response) => {
  tracer.startSpan("work in the route").end();
  response.send(request.params.id);
});
app.use("/api", rooms);
process.once("SIGTERM", () => void report());
const server = http.createServer(app);

function serve(socket) {
  socket.on("message", (data) => {
    tracer.startSpan("work in the listener").end();
    socket.send(String(data));
  });
}

const modes = {
  server: () => new WebSocketServer({ server }).on("connection", serve),
  noServer: () => {
    const sockets = new WebSocketServer({ noServer: true });
    // Who comes is looked up first, under a span of the application's own.
    server.on("upgrade", (request, socket, head) => {
      setImmediate(() => {
        tracer.startSpan("authenticate").end();
        sockets.handleUpgrade(request, socket, head, serve);
      });
    });
  },
  /** As express-ws does it: the connection is handed to the application's routes as a request. */
  routes: () => {
    app.get("/chat/.websocket", ({ socketOfRoute }) => serve(socketOfRoute));
    new WebSocketServer({ server }).on("connection", (socket, request) => {
      request.socketOfRoute = socket;
      request.url = `${request.url}/.websocket`;
      app.handle(request, new http.ServerResponse(request), () => socket.close(1008));
    });
  },
};

modes[process.env.MODE]();
server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port}`));
