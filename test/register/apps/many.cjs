"use strict";
const { WebSocketServer } = require("ws");

// Takes whatever comes, on any path.
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("listening", () => console.log(`listening ${server.address().port}`));
