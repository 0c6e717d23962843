import type { Attributes } from "@opentelemetry/api";
import Bowser from "bowser";
import type { HandshakeRequest } from "../core/facts.ts";
import {
  ATTR_WEBSOCKET_CLIENT_PLATFORM,
  WEBSOCKET_CLIENT_PLATFORM_VALUE_BOT,
  WEBSOCKET_CLIENT_PLATFORM_VALUE_DESKTOP,
  WEBSOCKET_CLIENT_PLATFORM_VALUE_MOBILE,
  WEBSOCKET_CLIENT_PLATFORM_VALUE_SERVER,
  WEBSOCKET_CLIENT_PLATFORM_VALUE_UNKNOWN,
  WEBSOCKET_CLIENT_PLATFORM_VALUE_WEB,
} from "../semconv.ts";
import { header, isOwnRequest } from "./headers.ts";
import { Memo } from "./memo.ts";

/** Characters of a user agent that are looked at; those of real ones are fewer. */
const MAX_USER_AGENT = 512;
const MAX_HINT = 32;
/** User agents that are remembered. Together with the length this bounds the memory to about half a megabyte. */
const MAX_REMEMBERED = 400;

/** Crawlers and checks that the parser does not name; Cubot makes phones. */
const BOT = /(?<!cu)bot\b|crawl|spider|slurp|headless|lighthouse|pingdom|uptime|monitor|prerender|synthetic/i;
/** What makes an application out of a browser's engine. */
const SHELL = /\b(?:electron|nwjs|tauri|webview2|cefsharp)\//i;
const BROWSER = /^(?:mozilla|opera)\//i;
/** Libraries and runtimes, which name themselves first. */
const PROGRAM =
  /^(?:node(?:\.js)?|undici|node-fetch|axios|got|ws|bun|deno|python|python-requests|websockets?|websocket-client|websocket\+\+|aiohttp|httpx|tornado|go-http-client|gorilla|nhooyr|coder|fasthttp|curl|libcurl|wget|java|apache-httpclient|jetty|reactornetty|netty|tyrus|akka-http|pekko-http|ruby|faraday|faye|php|guzzlehttp|perl|libwww-perl|mojolicious|rust|reqwest|tungstenite|hyper|microsoft|powershell|postmanruntime|insomnia|k6|artillery|gatling|jmeter)(?![a-z])/i;
/** Network libraries of phones. */
const PHONE = /^(?:okhttp|dalvik)\/|\bcfnetwork\//i;
/** What CFNetwork says on a Mac. */
const MAC = /\b(?:x86_64|macintosh|mac ?os)\b/i;

const remembered = new Memo(MAX_REMEMBERED);

/**
 * Attributes for `metricAttributes`: the kind of client, from its user agent and client hints, as
 * `websocket.client.platform`: `web` (a browser on a computer), `mobile` (phone or tablet, browser or app), `desktop`
 * (an application on a computer), `server` (a library or runtime), `bot` or `unknown`. Browsers of tablets that call
 * themselves a computer's are `web`. A user agent may say anything, so this is for statistics alone.
 *
 * @example
 * ```ts
 * observeServer(server, { metricAttributes: clientPlatform() });
 * ```
 */
export function clientPlatform(): (request: HandshakeRequest) => Attributes {
  return (request) => (isOwnRequest(request) ? {} : { [ATTR_WEBSOCKET_CLIENT_PLATFORM]: platformOf(request) });
}

function platformOf(request: HandshakeRequest): string {
  const userAgent = header(request, "user-agent", MAX_USER_AGENT) ?? "";
  const mobile = header(request, "sec-ch-ua-mobile", MAX_HINT) ?? "";
  const system = header(request, "sec-ch-ua-platform", MAX_HINT) ?? "";
  return remembered.of(`${mobile}\n${system}\n${userAgent}`, () => classify(userAgent, mobile, system));
}

function classify(userAgent: string, mobile: string, system: string): string {
  const type = userAgent === "" ? undefined : Bowser.parse(userAgent).platform.type;
  if (type === "bot" || BOT.test(userAgent)) return WEBSOCKET_CLIENT_PLATFORM_VALUE_BOT;
  if (PROGRAM.test(userAgent)) return WEBSOCKET_CLIENT_PLATFORM_VALUE_SERVER;
  if (SHELL.test(userAgent)) return WEBSOCKET_CLIENT_PLATFORM_VALUE_DESKTOP;
  // A phone that asks for the computer's page says so only in its hints.
  if (mobile === "?1" || /^"?(?:android|ios)"?$/i.test(system)) return WEBSOCKET_CLIENT_PLATFORM_VALUE_MOBILE;
  if (type === "mobile" || type === "tablet") return WEBSOCKET_CLIENT_PLATFORM_VALUE_MOBILE;
  if (PHONE.test(userAgent)) {
    return MAC.test(userAgent) ? WEBSOCKET_CLIENT_PLATFORM_VALUE_DESKTOP : WEBSOCKET_CLIENT_PLATFORM_VALUE_MOBILE;
  }
  if (type === "desktop") {
    return BROWSER.test(userAgent) ? WEBSOCKET_CLIENT_PLATFORM_VALUE_WEB : WEBSOCKET_CLIENT_PLATFORM_VALUE_DESKTOP;
  }
  return mobile === "?0" ? WEBSOCKET_CLIENT_PLATFORM_VALUE_WEB : WEBSOCKET_CLIENT_PLATFORM_VALUE_UNKNOWN;
}
