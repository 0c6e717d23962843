"use strict";
const WebSocket = require("ws");
const { connect } = require("./traffic.cjs");

connect(WebSocket);
