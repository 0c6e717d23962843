// A client that sends three messages and waits for an answer to each; the URL is one that a server here has printed:
// node --import opentelemetry-websocket/register examples/client.mjs ws://127.0.0.1:8080/chat
import { WebSocket } from "ws";

const messages = ["hello", "żółć", Buffer.alloc(1000)];
const socket = new WebSocket(process.argv[2] ?? "ws://127.0.0.1:8080/chat");

function sendNext() {
  const message = messages.shift();
  if (message === undefined) socket.close(1000, "done");
  else socket.send(message);
}

socket.on("open", sendNext);
socket.on("message", sendNext);
socket.on("error", console.error);
socket.on("close", (code) => console.log(`closed with ${code}`));
