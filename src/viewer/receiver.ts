import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Encoding, Signal } from "./decode.ts";
import { MalformedBody, decodeRequest, encodeFailure, encodeSuccess } from "./decode.ts";
import type { Telemetry } from "./otlp.ts";

/** What to do with requests. */
export interface HandlerOptions {
  /** Called for each request; where it throws, the sender gets a 500. */
  onTelemetry: (telemetry: Telemetry) => void;
  /**
   * The largest body that is accepted, after decompression, in bytes.
   * @default 16 MiB
   */
  bodyLimit?: number;
}

/** Where to listen, and what to do with requests. */
export interface ReceiverOptions extends HandlerOptions {
  /**
   * Address to listen on.
   * @default "127.0.0.1"
   */
  host?: string;
  /**
   * Port to listen on; 0 for a free one.
   * @default 0
   */
  port?: number;
}

/** A receiver that listens. */
export interface Receiver {
  /** The base for senders: the value of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  /** Stops listening; done when the requests that had begun are answered, after 2 s at the latest. */
  close(): Promise<void>;
}

const closeTimeout = 2000;

/** Starts an OTLP/HTTP receiver: `POST` to `/v1/traces`, `/v1/metrics` and `/v1/logs`, protobuf or JSON, plain or gzip. */
export async function startReceiver({ host = "127.0.0.1", port = 0, ...options }: ReceiverOptions): Promise<Receiver> {
  const server = createServer(otlpHandler(options));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actualPort = typeof address === "object" ? address?.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actualPort}`,
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), closeTimeout);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

/** The receiver's request listener alone, for a server of one's own. */
export function otlpHandler({ onTelemetry, bodyLimit = 16 * 1024 * 1024 }: HandlerOptions): RequestListener {
  return (request, response) => {
    receive(request, bodyLimit, onTelemetry).then(
      (encoding) => answer(response, encoding, 200, encodeSuccess(encoding)),
      (error: unknown) => refuse(request, response, error),
    );
  };
}

/** A request that is answered with an HTTP error status. */
class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const signals: Record<string, Signal> = { "/v1/traces": "traces", "/v1/metrics": "metrics", "/v1/logs": "logs" };

async function receive(
  request: IncomingMessage,
  bodyLimit: number,
  onTelemetry: HandlerOptions["onTelemetry"],
): Promise<Encoding> {
  const path = new URL(request.url ?? "/", "http://receiver").pathname;
  const signal = Object.hasOwn(signals, path) ? signals[path] : undefined;
  if (signal === undefined) throw new Refused(404, `unknown path ${path}; known: ${Object.keys(signals).join(", ")}`);
  if (request.method !== "POST") throw new Refused(405, `${path} accepts POST, got ${request.method}`);
  const encoding = encodingOf(request);
  if (encoding === undefined) {
    const given = request.headers["content-type"] ?? "none";
    throw new Refused(415, `Content-Type must be application/x-protobuf or application/json, got ${given}`);
  }
  onTelemetry(decodeRequest(signal, encoding, await readBody(request, bodyLimit)));
  return encoding;
}

function encodingOf(request: IncomingMessage): Encoding | undefined {
  const mediaType = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType === "application/x-protobuf") return "protobuf";
  return mediaType === "application/json" ? "json" : undefined;
}

async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const coding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (coding !== "identity" && coding !== "gzip") {
    throw new Refused(415, `Content-Encoding must be gzip or absent, got ${coding}`);
  }
  if (coding === "identity") return collect(request, limit);
  const gunzip = createGunzip();
  request.pipe(gunzip);
  request.once("error", (error) => gunzip.destroy(error));
  try {
    return await collect(gunzip, limit);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new MalformedBody(`the body is not valid gzip: ${String(error)}`, { cause: error });
  } finally {
    request.unpipe(gunzip);
    gunzip.destroy();
  }
}

function collect(stream: Readable, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(new Refused(413, `the body is larger than ${limit} bytes`));
    });
    stream.once("end", () => resolve(Buffer.concat(chunks)));
    stream.once("error", reject);
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const status = error instanceof Refused ? error.status : error instanceof MalformedBody ? 400 : 500;
  if (status === 405) response.setHeader("allow", "POST");
  if (!request.complete) {
    // The sender may still be writing: reading on keeps it from a reset before it has the answer.
    response.setHeader("connection", "close");
    request.resume();
  }
  const encoding = encodingOf(request) ?? "json";
  // 3 is INVALID_ARGUMENT and 13 INTERNAL in google.rpc.Code.
  const message = error instanceof Error ? error.message : String(error);
  answer(response, encoding, status, encodeFailure(encoding, status === 500 ? 13 : 3, message));
}

function answer(response: ServerResponse, encoding: Encoding, status: number, body: Uint8Array): void {
  const type = encoding === "json" ? "application/json" : "application/x-protobuf";
  response.writeHead(status, { "content-type": type, "content-length": body.length }).end(body);
}
