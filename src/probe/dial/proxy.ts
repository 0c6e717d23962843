/** The way through an HTTP proxy (RFC 9110 section 9.3.6). */
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { getProxyForUrl } from "proxy-from-env";
import { onAbort } from "../limit.ts";
import { ProbeFailure, transportFailure } from "../problem.ts";
import { decoded, endpointOf, excerpt } from "../text.ts";

/** The proxy on the way to a URL. @throws ProbeFailure where the environment names one that cannot be used */
export function proxyFor(url: URL, given: URL | false | undefined): URL | undefined {
  if (given !== undefined) return given === false ? undefined : given;
  // WebSockets have no variables of their own; they go where HTTP goes.
  const asHttp = new URL(url);
  asHttp.protocol = url.protocol === "wss:" ? "https:" : "http:";
  const found = getProxyForUrl(asHttp.href);
  if (found === "") return undefined;
  const named = withScheme(found, asHttp.protocol);
  const proxy = URL.canParse(named) ? new URL(named) : undefined;
  if (proxy?.protocol === "http:" || proxy?.protocol === "https:") return proxy;
  const message = "the proxy that the environment variables name is not an http:// or https:// URL";
  throw new ProbeFailure("proxy_refused", "connect", `${message}; give \`proxy\` or set NO_PROXY`);
}

const VARIABLES = ["http_proxy", "https_proxy", "all_proxy"].flatMap((name) => [name, name.toUpperCase()]);

/** `proxy-from-env` takes the URL's scheme for `host:port`; everybody else takes http. */
function withScheme(found: string, scheme: string): string {
  const bare = found.startsWith(`${scheme}//`) ? found.slice(scheme.length + 2) : undefined;
  return bare !== undefined && VARIABLES.some((name) => process.env[name] === bare) ? `http://${bare}` : found;
}

/** Opens a tunnel through `socket`, which is connected to the proxy. @throws ProbeFailure */
export function tunnel(socket: Socket, proxy: URL, target: URL, signal: AbortSignal): Promise<void> {
  const where = `the proxy ${endpointOf(proxy)}`;
  const path = endpointOf(target);
  return new Promise((resolve, reject) => {
    const connecting = request({
      method: "CONNECT",
      path,
      setHost: false,
      headers: { Host: path, ...credentials(proxy) },
      createConnection: () => socket,
    });
    const done = onAbort(signal, (reason) => {
      connecting.destroy();
      reject(reason);
    });
    connecting.once("connect", (response: IncomingMessage, _socket: Socket, head: Buffer) => {
      done();
      const { statusCode = 0, statusMessage = "" } = response;
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head);
        resolve();
        return;
      }
      const said = `${statusCode} ${excerpt(statusMessage, 60)}`.trim();
      const hint = statusCode === 407 ? "; it wants a user and a password in its URL" : "";
      reject(new ProbeFailure("proxy_refused", "connect", `${where} answered ${said} to CONNECT ${path}${hint}`));
    });
    connecting.once("error", (error) => {
      done();
      const { message } = transportFailure(error, "connect", where);
      reject(new ProbeFailure("proxy_refused", "connect", `no tunnel to ${path}: ${message}`));
    });
    // A proxy that answers with a body of its own, which no answer to CONNECT has.
    connecting.once("response", (response) => response.destroy());
    connecting.end();
  });
}

function credentials({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
