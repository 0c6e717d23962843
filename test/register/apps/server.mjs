import * as ws from "ws";
import { serve } from "./traffic.cjs";

// The name under which the server is exported has changed with ws 8.
serve(ws.WebSocketServer ?? ws.default.Server);
