import { hostAndPort } from "../core/address.ts";
import { printable } from "../printable.ts";

/** Bytes of a peer's text that are looked at for an excerpt. */
const LOOKED_AT = 4096;

/** Text of a peer, cut and with everything that is not printable escaped. */
export function excerpt(text: string, limit: number = 120): string {
  const escaped = printable(text.slice(0, LOOKED_AT));
  // By code points, so that no surrogate pair is torn.
  return escaped.length <= limit && text.length <= LOOKED_AT
    ? escaped
    : `${Array.from(escaped.slice(0, 2 * limit))
        .slice(0, limit)
        .join("")}…`;
}

/** `3 s`, `250 ms`. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  return `${milliseconds >= 1 ? Math.round(milliseconds) : Number(milliseconds.toPrecision(2))} ms`;
}

/** `192.0.2.1:443`, `[2001:db8::1]:443`. */
export function endpoint(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The same of where a URL leads. */
export function endpointOf(url: URL): string {
  const { host, port } = hostAndPort(url);
  return endpoint(host, port);
}

/** Percent-encoding that is not valid stands for itself. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
