"use strict";
// Plain applications: nothing in them knows of OpenTelemetry. The test knows what each message has to count as.

const view = new Uint16Array(new ArrayBuffer(64), 8, 10);

const MESSAGES = {
  text: (socket) => socket.send("hello"),
  multibyte: (socket) => socket.send("häll€ 😀"),
  emptyText: (socket) => socket.send(""),
  number: (socket) => socket.send(42),
  long: (socket) => socket.send("é".repeat(40_000)),
  buffer: (socket) => socket.send(Buffer.alloc(1000, 7)),
  emptyBuffer: (socket) => socket.send(Buffer.alloc(0)),
  arrayBuffer: (socket) => socket.send(new ArrayBuffer(64)),
  typedArray: (socket) => socket.send(view),
  dataView: (socket) => socket.send(new DataView(view.buffer, 4, 9)),
  binaryString: (socket) => socket.send("häll€", { binary: true }, () => {}),
  textBuffer: (socket) => socket.send(Buffer.from("häll€"), { binary: false }),
  textFragments: (socket) => {
    socket.send("hä", { fin: false });
    socket.send("ll", { fin: false });
    socket.send("€", { fin: true });
  },
  binaryFragments: (socket) => {
    socket.send(Buffer.alloc(300), { fin: false });
    socket.send(new Uint8Array(200), { fin: false });
    socket.send(new ArrayBuffer(0), { fin: true });
  },
  blob: (socket) => socket.send(new Blob(["häll€", new Uint8Array(10)])),
};

const names = (process.env.MESSAGES ?? "text").split(",");
const perMessageDeflate = process.env.DEFLATE === "1" ? { threshold: 0 } : false;
const SERVER_TIMES = 2;
const CLIENT_TIMES = 3;

function sendAll(socket, times) {
  for (let time = 0; time < times; time += 1) for (const name of names) MESSAGES[name](socket);
}

exports.serve = function serve(Server) {
  const server = new Server({ port: 0, host: "127.0.0.1", path: "/chat", perMessageDeflate });
  server.on("connection", (socket) => {
    let received = 0;
    socket.on("message", () => (received += 1));
    socket.on("close", (code) => console.log(`closed ${code} received ${received}`));
    sendAll(socket, SERVER_TIMES);
  });
  server.on("listening", () => console.log(`listening ${server.address().port}`));
};

exports.connect = function connect(WebSocket) {
  const socket = new WebSocket(process.env.URL, { perMessageDeflate });
  let received = 0;
  socket.on("open", () => sendAll(socket, CLIENT_TIMES));
  socket.on("message", () => {
    received += 1;
    if (received === SERVER_TIMES * names.length) socket.close(1000, "done");
  });
  socket.on("close", (code) => console.log(`closed ${code} received ${received}`));
};
