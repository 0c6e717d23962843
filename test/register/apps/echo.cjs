"use strict";
const WebSocket = require("ws");

const server = new WebSocket.Server({ port: 0, host: "127.0.0.1", path: "/chat" });
server.on("connection", (socket) => socket.on("message", (data) => socket.send(data, { binary: false })));
server.on("listening", () => console.log(`listening ${server.address().port}`));
