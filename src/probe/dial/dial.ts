/** From a URL to a socket on which the upgrade request can be sent. */
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { hostAndPort } from "../../core/address.ts";
import { certificateFailure } from "../problem.ts";
import { timed } from "../record.ts";
import type { OpenPhase, RunRecord } from "../record.ts";
import type { Secrets } from "../secrets.ts";
import type { ResolvedTarget } from "../target.ts";
import { endpoint, endpointOf } from "../text.ts";
import { certificateFacts, certificateNames } from "./certificate.ts";
import { literal, resolveName } from "./lookup.ts";
import type { Address } from "./lookup.ts";
import { proxyFor, tunnel } from "./proxy.ts";
import { race } from "./race.ts";
import { secure, secureContext, verificationCode } from "./secure.ts";
import type { Sockets } from "./sockets.ts";

/** What the connections of one run share. */
export interface Dialer {
  readonly target: ResolvedTarget;
  readonly record: RunRecord;
  readonly sockets: Sockets;
  readonly secrets: Secrets;
  /** Of `wss` targets. */
  readonly context: SecureContext | undefined;
}

/** Connects, through a proxy where there is one, and secures the connection. @throws ProbeFailure */
export async function dial(dialer: Dialer, url: URL, signal: AbortSignal): Promise<Socket> {
  const { target, record } = dialer;
  const proxy = proxyFor(url, target.proxy);
  const via = hostAndPort(proxy ?? url);
  const known = literal(via.host, target.ip);
  const addresses =
    known === undefined
      ? await timed(record, "dns", via.host, () => resolveName(via.host, target.ip, target.resolver, signal))
      : [known];
  const socket = await timed(record, "connect", endpoint(via.host, via.port), (phase) =>
    connected(dialer, addresses, via.port, proxy, url, phase, signal),
  );
  if (url.protocol !== "wss:") return socket;
  return timed(record, "tls", endpointOf(url), (phase) => secured(dialer, socket, url, phase, signal));
}

async function connected(
  { target, record, sockets, secrets }: Dialer,
  addresses: readonly Address[],
  port: number,
  proxy: URL | undefined,
  url: URL,
  phase: OpenPhase,
  signal: AbortSignal,
): Promise<Socket> {
  const tcp = await race(addresses, port, sockets, signal);
  const { remoteAddress: address = "", remoteFamily } = tcp;
  record.peer = { address, port, family: remoteFamily === "IPv6" ? "ipv6" : "ipv4" };
  phase.describe(endpoint(address, port));
  if (proxy === undefined) return tcp;
  const where = `the proxy ${endpoint(hostAndPort(proxy).host, port)}`;
  phase.describe(`the proxy ${endpoint(address, port)}`, `did not open a tunnel to ${endpointOf(url)}`);
  let socket = tcp;
  if (proxy.protocol === "https:") {
    const { caFile, insecure } = target.tls;
    // The client's certificate is for the target, not for the proxy.
    const own = { ...target.tls, certFile: undefined, keyFile: undefined, passphrase: undefined };
    const context = caFile === undefined ? undefined : await secureContext(own, secrets, signal);
    const tls = await secure(tcp, hostAndPort(proxy).host, where, context, sockets, signal);
    const code = verificationCode(tls);
    if (code !== undefined && !insecure) throw certificateFailure(code, where, certificateNames(tls));
    socket = tls;
  }
  await tunnel(socket, proxy, url, signal);
  return socket;
}

async function secured(
  { target, record, sockets, context }: Dialer,
  socket: Socket,
  url: URL,
  phase: OpenPhase,
  signal: AbortSignal,
): Promise<Socket> {
  const { insecure, serverName } = target.tls;
  const { host } = hostAndPort(url);
  const where = endpointOf(url);
  // Another host that a redirect leads to has its own name.
  const name = url.hostname === target.url.hostname ? (serverName ?? host) : host;
  const tls = await secure(socket, name, where, context, sockets, signal);
  const certificate = certificateFacts(tls);
  const protocol = tls.getProtocol() ?? "";
  if (certificate !== undefined) record.tls = { protocol, cipher: tls.getCipher().standardName, certificate };
  phase.describe(protocol);
  const code = verificationCode(tls);
  if (code === undefined || insecure) return tls;
  const names = code === "ERR_TLS_CERT_ALTNAME_INVALID" ? certificateNames(tls) : "";
  throw certificateFailure(code, where, names);
}
