import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TlsOptions } from "node:tls";
import { delayed } from "./front.ts";
import { peerServer } from "./peer.ts";
import type { Misbehaviour } from "./peer.ts";
import { rawServer, response } from "./wire.ts";
import type { Server, Start } from "./wire.ts";

/** The path of a file in `certificates`. */
export function certificateFile(name: string): string {
  return fileURLToPath(new URL(`certificates/${name}`, import.meta.url));
}

/** Options of a TLS server with a certificate of this folder. */
export function withCertificate(name: string): TlsOptions {
  return { cert: readFileSync(certificateFile(`${name}.pem`)), key: readFileSync(certificateFile("server.key.pem")) };
}

/** Options of a TLS server whose certificate is good for `localhost`, `127.0.0.1` and `::1`, for who trusts `ca.pem`. */
export function good(): TlsOptions {
  return withCertificate("good");
}

/** A WebSocket server with a certificate of this folder. */
export function secure(certificate: string, more: TlsOptions = {}, misbehaviour: Misbehaviour = {}): Start {
  return async () => peerServer(misbehaviour, { tls: { ...withCertificate(certificate), ...more } });
}

/** Wants a certificate of the client's, which in TLS 1.3 it says only after the client's part of the handshake. */
export function wantsClientCertificate(maxVersion: "TLSv1.2" | "TLSv1.3"): Start {
  const ca = readFileSync(certificateFile("ca.pem"));
  return secure("good", { ca, requestCert: true, rejectUnauthorized: true, maxVersion });
}

/** The address of a server, as one of TLS. */
function asSecure({ url, close }: Server): Server {
  return { url: url.replace("ws:", "wss:"), close };
}

/** Accepts the connection and answers nothing to the ClientHello. */
export const hang: Start = async () => asSecure(await rawServer((socket) => void socket.resume()));

/** The first bytes of its handshake come `delay` milliseconds late. */
export function slow(delay: number): Start {
  return async () => delayed(await peerServer({}, { tls: good() }), [delay]);
}

/** A TLS alert (RFC 8446 section 6). */
const fatal = (description: number): Buffer => Buffer.from([21, 3, 3, 0, 2, 2, description]);

/** Says handshake_failure. */
export const alert: Start = async () =>
  asSecure(await rawServer((socket) => void socket.once("data", () => socket.end(fatal(40)))));

/** Says unexpected_message to a request in plain text. */
export const alertAsPlain: Start = async () =>
  rawServer((socket) => void socket.once("data", () => socket.end(fatal(10))));

/** A plain server that takes the ClientHello for a bad request. */
export const plain: Start = async () =>
  asSecure(
    await rawServer((socket) => {
      socket.once("data", () => socket.end(response("400 Bad Request", ["Connection: close", "Content-Length: 0"])));
    }),
  );

export const reset: Start = async () =>
  asSecure(await rawServer((socket) => void socket.once("data", () => socket.resetAndDestroy())));
export const end: Start = async () =>
  asSecure(await rawServer((socket) => void socket.once("data", () => socket.end())));

/** A TLS server behind a URL that says plain text. */
export async function asPlain(): Promise<Server> {
  const { url, close } = await peerServer({}, { tls: good() });
  return { url: url.replace("wss:", "ws:"), close };
}

/** Speaks HTTP over TLS, and knows no WebSocket. */
export const page: Start = secure(
  "good",
  {},
  {
    upgrade: (socket) => void socket.end(response("200 OK", ["Content-Length: 2", "Connection: close"]) + "hi"),
  },
);
