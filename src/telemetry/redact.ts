/** What replaces a secret, as upstream's `url.full` and `url.query` conventions ask. */
const REDACTED = "REDACTED";

/**
 * Query parameters whose values are secrets: the four that upstream's `url.query` names, and those that
 * WebSocket clients use because a browser cannot send an Authorization header with the handshake.
 */
const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  "awsaccesskeyid",
  "signature",
  "sig",
  "x-goog-signature",
  "access_token",
  "api_key",
  "apikey",
  "auth",
  "authorization",
  "code",
  "id_token",
  "jwt",
  "key",
  "pass",
  "password",
  "passwd",
  "refresh_token",
  "secret",
  "session",
  "sessionid",
  "sid",
  "ticket",
  "token",
  "x-amz-credential",
  "x-amz-security-token",
  "x-amz-signature",
]);

const MAX_LENGTH = 2048;

/** A query string (without `?`) whose secret values are replaced. */
export function redactQuery(query: string): string {
  return query
    .slice(0, MAX_LENGTH)
    .split("&")
    .map((pair) => {
      const end = pair.indexOf("=");
      if (end === -1) return pair;
      return SECRET_PARAMETERS.has(parameterName(pair.slice(0, end))) ? `${pair.slice(0, end)}=${REDACTED}` : pair;
    })
    .join("&");
}

/** An absolute URL without credentials, fragment and secret query values. */
export function redactUrl(url: string): string {
  const [beforeFragment = ""] = url.slice(0, MAX_LENGTH).split("#", 1);
  const mark = beforeFragment.indexOf("?");
  const base = (mark === -1 ? beforeFragment : beforeFragment.slice(0, mark)).replace(
    /^([a-z+]+:\/\/)[^/?#]*@/i,
    `$1${REDACTED}:${REDACTED}@`,
  );
  return mark === -1 ? base : `${base}?${redactQuery(beforeFragment.slice(mark + 1))}`;
}

function parameterName(raw: string): string {
  try {
    return decodeURIComponent(raw).toLowerCase();
  } catch {
    return raw.toLowerCase();
  }
}
