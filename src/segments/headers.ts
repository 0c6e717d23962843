import type { HandshakeRequest } from "../core/facts.ts";

/** The first value of a header field, trimmed and cut at `most` characters; `undefined` where there is none. */
export function header(request: HandshakeRequest, name: string, most: number): string | undefined {
  const field = request.headers[name];
  const value: unknown = Array.isArray(field) ? field[0] : field;
  if (typeof value !== "string") return undefined;
  const cut = value.slice(0, most).trim();
  return cut === "" ? undefined : cut;
}

/** Whether this process is the client: a server's request target is no WebSocket URL. */
export function isOwnRequest({ url }: HandshakeRequest): boolean {
  return typeof url === "string" && /^wss?:/i.test(url);
}
