/** A client in a process of its own, which a test may stop. It answers pings, as `ws` does by itself. */
import { WebSocket } from "ws";

const socket = new WebSocket(process.argv[2]!);
socket.on("open", () => process.send!("open"));
socket.on("close", () => process.exit());
socket.on("error", () => process.exit());
process.on("disconnect", () => process.exit());
