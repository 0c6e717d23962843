/** Starts a server, prints its process id, and waits to be killed. */
import { Server } from "./server.ts";

const port = process.argv[2];
const script = `require("node:http").createServer((_, response) => response.end()).listen(${port}, "127.0.0.1")`;
const server = new Server({
  name: "orphan",
  command: process.execPath,
  args: ["-e", script],
  health: `http://127.0.0.1:${port}/`,
});
await server.start();
console.log(`started ${server.pid} in ${server.folder}`);
setInterval(() => {}, 60_000);
