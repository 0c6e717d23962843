// Clients of the chat server, one after the other: how each ends is a word of ENDINGS.
import { once } from "node:events";
import { WebSocket } from "ws";

const url = process.env.URL;
const messages = Number(process.env.MESSAGES);

/** Sends messages and waits for each to come back. */
async function chat(socket) {
  for (let message = 0; message < messages; message += 1) {
    socket.send("häll€"); // 8 bytes, 5 characters
    await once(socket, "message");
  }
}

for (const ending of process.env.ENDINGS.split(",")) {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    headers: ending === "refused" ? { authorization: "wrong" } : {},
  });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.on("close", resolve));
  if (ending !== "refused") {
    await once(socket, "open");
    await chat(socket);
    if (ending === "broken") socket.terminate();
    else if (ending.startsWith("server-")) socket.send(`close ${ending.slice("server-".length)}`);
    else socket.close(Number(ending));
  }
  await closed;
}
console.log("done");
