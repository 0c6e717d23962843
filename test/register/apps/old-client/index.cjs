"use strict";
exports.WebSocket = require("ws");
exports.version = require("ws/package.json").version;
