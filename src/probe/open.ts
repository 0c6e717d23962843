/** Opening a connection: upgrade requests until one is accepted, refused, or leads too far. */
import type { WebSocket } from "ws";
import { SCOPE_NAME, SCOPE_VERSION } from "../telemetry/scope.ts";
import { redactUrl } from "../telemetry/redact.ts";
import type { Connection } from "./connection.ts";
import type { Dialer } from "./dial/dial.ts";
import { ProbeFailure, invalidResponse } from "./problem.ts";
import { isRedirect, redirected, forOtherOrigin } from "./redirect.ts";
import { endpointOf, excerpt } from "./text.ts";
import { requestUpgrade } from "./upgrade.ts";

/** What is opened, and by which class. */
export interface Opening {
  readonly dialer: Dialer;
  /** With the bearer token. */
  readonly headers: Readonly<Record<string, string>>;
  readonly socketClass: typeof WebSocket;
  /** Ends what waits for the connection once it is open. */
  readonly outer: AbortSignal;
}

/** The connection; `undefined` where the upgrade was refused as expected. @throws ProbeFailure */
export async function open(opening: Opening, signal: AbortSignal): Promise<Connection | undefined> {
  const { dialer, socketClass, outer } = opening;
  const { target, secrets } = dialer;
  let { url } = target;
  let headers = withUserAgent(opening.headers);
  // The record of each answer has this list, too.
  const redirects: string[] = [];
  for (;;) {
    const answer = await requestUpgrade(dialer, { url, headers, socketClass, outer, redirects }, signal);
    if (answer.connection !== undefined) return answer.connection;
    const { status, location, phase } = answer;
    if (status === target.expectStatus) {
      phase.end();
      return undefined;
    }
    try {
      const next = following(url, status, location, redirects.length, target.maxRedirects);
      if (next.origin !== url.origin) headers = forOtherOrigin(headers);
      url = next;
    } catch (error) {
      phase.end((error as ProbeFailure).type);
      throw error;
    }
    phase.end();
    redirects.push(excerpt(secrets.hide(redactUrl(url.href)), 2048));
  }
}

/** Where an answer leads. @throws ProbeFailure where it is a refusal, or leads further than the check follows */
function following(url: URL, status: number, location: string | undefined, followed: number, most: number): URL {
  const where = endpointOf(url);
  // To Node.js, that is a response like any other.
  if (status === 101) {
    throw invalidResponse(where, "a 101 response without `Connection: upgrade` and `Upgrade: websocket`");
  }
  if (!isRedirect(status) || location === undefined) throw refusal(status, where);
  if (followed < most) return redirected(url, location, status, where);
  const to = excerpt(redactUrl(location));
  const hint = most === 0 ? "use that URL, or set maxRedirects to follow it" : `${followed} were followed before it`;
  const message = `${where} answered ${status} with a redirect to ${to}; ${hint}`;
  throw new ProbeFailure("too_many_redirects", "upgrade", message);
}

/** What is to be looked at, for the statuses that people meet. */
const REFUSALS: Readonly<Record<number, string>> = {
  200: "there is a page at this path, and no WebSocket endpoint",
  400: "it did not take the request for an upgrade; a proxy may have dropped its header fields",
  401: "it wants credentials, or other ones",
  403: "it forbids this; look at credentials and Origin",
  404: "there is nothing at this path",
  426: "it asks for another protocol or version",
  429: "there were too many requests",
  502: "a gateway did not reach the server behind it",
  503: "it is overloaded, or out of service",
  504: "the server behind a gateway did not answer",
};

function refusal(status: number, where: string): ProbeFailure {
  const hint = REFUSALS[status];
  const message = `${where} refused the upgrade with ${status}${hint === undefined ? "" : `: ${hint}`}`;
  return new ProbeFailure(String(status), "upgrade", message);
}

/** Without one, firewalls of the web take a request for an attack. */
function withUserAgent(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const given = Object.keys(headers).some((name) => name.toLowerCase() === "user-agent");
  return given ? headers : { "User-Agent": `${SCOPE_NAME}/${SCOPE_VERSION}`, ...headers };
}
