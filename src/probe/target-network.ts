/** The way to a target, checked. */
import { isIP } from "node:net";
import { invalid } from "../core/validate.ts";
import { shownUrl } from "./target-request.ts";

/** @throws TypeError */
export function family(value: unknown): "any" | "ipv4" | "ipv6" {
  if (value === undefined) return "any";
  if (value === "any" || value === "ipv4" || value === "ipv6") return value;
  throw invalid("ip", '"any", "ipv4" or "ipv6"', value, 'leave it out for "any"');
}

/** @throws TypeError */
export function dnsServer(value: unknown): string {
  const text = typeof value === "string" ? value : "";
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^[\]]+?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = isIP(text) === 0 ? (bracketed ?? plain ?? "") : text;
  const kind = isIP(address);
  if (kind === 0 || (isIP(text) === 0 && port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))) {
    throw invalid("resolver", "the address of a DNS server", value, 'give one such as "192.0.2.1" or "192.0.2.1:5353"');
  }
  return text;
}

/** @throws TypeError */
export function proxyUrl(value: unknown): URL {
  const mend = 'give one such as "http://proxy.example:3128", or false for none';
  const text = typeof value === "string" ? value : "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const shown = typeof value === "string" ? shownUrl(value) : value;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw invalid("proxy", "an http:// or https:// URL", shown, mend);
  }
  return url;
}
