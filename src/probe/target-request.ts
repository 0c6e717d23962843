/** What a target says about the upgrade request, checked. */
import { validateHeaderName, validateHeaderValue } from "node:http";
import { invalid } from "../core/validate.ts";
import { redactUrl } from "../telemetry/redact.ts";

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`|a-z~]+$/;
/** What the handshake sets itself (RFC 6455 section 4.1), or what would give the request a body. */
const RESERVED = /^(?:sec-websocket-.*|connection|upgrade|content-length|transfer-encoding|expect|trailer)$/i;
/** Stands in errors for a value that may be a secret. */
export const HIDDEN: string = "(not shown)";

/** A URL as it may stand in errors; where it has no `//`, redaction cannot tell where credentials stand. */
export function shownUrl(value: string): string {
  return value.includes("@") && !/^[a-z+]+:\/\//i.test(value) ? HIDDEN : redactUrl(value);
}

/** @throws TypeError */
export function targetUrl(value: unknown): URL {
  const mend = 'give one such as "wss://example.com/chat"';
  if (typeof value !== "string" || value === "") throw invalid("url", "a ws:// or wss:// URL", value, mend);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const shown = shownUrl(value);
  if (url?.protocol === "http:" || url?.protocol === "https:") {
    throw invalid("url", "a ws:// or wss:// URL", shown, `write ${url.protocol === "http:" ? "ws" : "wss"}:// instead`);
  }
  if (url?.protocol !== "ws:" && url?.protocol !== "wss:") throw invalid("url", "a ws:// or wss:// URL", shown, mend);
  if (url.hash !== "" || value.endsWith("#")) {
    throw invalid("url", "no fragment (RFC 6455 section 3)", shown, 'write a "#" of the path as %23');
  }
  return url;
}

/** @throws TypeError that names the field, never its value */
export function headerFields(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid("headers", "an object of header fields", value, 'give one such as { "X-Tenant": "a" }');
  }
  const fields = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, field] of Object.entries(value)) {
    const path = `headers.${name}`;
    if (!isHeaderName(name)) throw invalid(path, "a header field's name", name, "see RFC 9110 section 5.1");
    if (RESERVED.test(name)) {
      const mend = "the handshake sets it; use subprotocols, compression or leave it out";
      throw invalid(path, "no such header field", name, mend);
    }
    if (seen.has(name.toLowerCase())) throw invalid(path, "each header field once", name, "leave one out");
    seen.add(name.toLowerCase());
    fields.set(name, headerValue(path, field));
  }
  return Object.fromEntries(fields);
}

function isHeaderName(name: string): boolean {
  try {
    validateHeaderName(name);
    return true;
  } catch {
    return false;
  }
}

/** @throws TypeError that names `path` */
export function headerValue(path: string, value: unknown): string {
  try {
    if (typeof value === "string") {
      validateHeaderValue("value", value);
      return value;
    }
  } catch {
    // A line break, or a character that is not Latin-1.
  }
  const given = typeof value === "string" ? HIDDEN : value;
  throw invalid(path, "a string that can stand in a header field", given, "see RFC 9110 section 5.5");
}

/** @throws TypeError */
export function subprotocols(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const mend = 'give an array such as ["graphql-transport-ws"]';
  if (!Array.isArray(value)) throw invalid("subprotocols", "an array of names", value, mend);
  for (const [index, name] of value.entries()) {
    if (typeof name !== "string" || !TOKEN.test(name) || value.indexOf(name) !== index) {
      throw invalid(`subprotocols[${index}]`, "a token (RFC 6455 section 4.1) that is there once", name, mend);
    }
  }
  return value as string[];
}
