// PostgreSQL itself, compiled to WebAssembly, on a socket.
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const db = await PGlite.create();
await db.exec(`
  CREATE TABLE messages (id serial PRIMARY KEY, room text NOT NULL, body text NOT NULL);
  INSERT INTO messages (room, body) SELECT 'room ' || n, 'message ' || n FROM generate_series(1, 5000) AS n;
  INSERT INTO messages (room, body) VALUES ('lobby', 'hello'), ('lobby', 'anybody here?');
`);
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0 });
await server.start();
console.log(`listening ${server.getServerConn()}`);
