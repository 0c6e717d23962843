"use strict";
const WebSocket = require("ws");
const { serve } = require("./traffic.cjs");

serve(WebSocket.Server);
