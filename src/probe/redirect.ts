/** Where a redirect leads, and what may be sent there. */
import { ProbeFailure, invalidResponse } from "./problem.ts";
import { redactUrl } from "../telemetry/redact.ts";
import { isSecretField } from "./secrets.ts";
import { excerpt } from "./text.ts";

const SCHEMES: Readonly<Record<string, string>> = { "http:": "ws:", "https:": "wss:", "ws:": "ws:", "wss:": "wss:" };

/** RFC 9110 section 15.4: those that say "over there, by the same means". */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * The URL that `location` leads to from `from`. @throws ProbeFailure where that cannot be followed, or must not: secrets
 * that were meant for TLS are not sent without it
 */
export function redirected(from: URL, location: string, status: number, where: string): URL {
  const shown = excerpt(redactUrl(location));
  const resolved = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const scheme = SCHEMES[resolved?.protocol ?? ""];
  if (resolved === undefined || scheme === undefined) {
    throw invalidResponse(where, `a redirect to ${shown}, which is no URL of HTTP or WebSocket`);
  }
  const url = new URL(resolved);
  url.protocol = scheme;
  url.hash = "";
  if (from.protocol === "wss:" && url.protocol === "ws:") {
    const message = `${where} answered ${status} with a redirect to ${shown}, which is not followed: it leaves TLS`;
    throw new ProbeFailure(String(status), "upgrade", message);
  }
  // Credentials come from the target alone, and are for its origin alone.
  const same = url.origin === from.origin;
  url.username = same ? from.username : "";
  url.password = same ? from.password : "";
  return url;
}

/** What may be sent to another origin: neither credentials nor the name of the first one. */
export function forOtherOrigin(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !isSecretField(name) && name.toLowerCase() !== "host"),
  );
}
