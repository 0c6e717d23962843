/** Resolving a name, by the system or by a DNS server that is given. */
import { Resolver, lookup as systemLookup } from "node:dns";
import type { LookupAddress } from "node:dns";
import { isIP } from "node:net";
import { onAbort } from "../limit.ts";
import { ProbeFailure, lookupFailure } from "../problem.ts";

/** An address to connect to. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

export type Family = "any" | "ipv4" | "ipv6";

/** For one question to the DNS server and for asking it again; the run's own time ends it earlier. */
const RESOLVER = { timeout: 1500, tries: 4 } as const;

/** The address where `host` is one already. @throws ProbeFailure where the check does not allow its family */
export function literal(host: string, family: Family): Address | undefined {
  const kind = isIP(host);
  if (kind === 0) return undefined;
  if (family !== "any" && family !== `ipv${kind}`) {
    const message = `${host} is an IPv${kind} address, and the check is for IPv${family.slice(-1)} only`;
    throw new ProbeFailure("EAFNOSUPPORT", "connect", message);
  }
  return { address: host, family: kind as 4 | 6 };
}

/** All addresses of a name, at least one. @throws ProbeFailure */
export async function resolveName(
  host: string,
  family: Family,
  resolver: string | undefined,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  let found: readonly Address[];
  try {
    found = await (resolver === undefined ? bySystem(host, family, signal) : byServer(host, family, resolver, signal));
  } catch (error) {
    signal.throwIfAborted();
    throw lookupFailure(error, host, resolver);
  }
  if (found.length === 0) throw lookupFailure({ code: "ENODATA" }, host, resolver);
  return found;
}

/**
 * A question to the system cannot be taken back and holds a thread of a pool of four until it is answered, so that
 * checks that go on for ever must not ask the same one again meanwhile.
 */
const pending = new Map<string, Promise<readonly Address[]>>();

function bySystem(host: string, family: Family, signal: AbortSignal): Promise<readonly Address[]> {
  const key = `${family} ${host}`;
  let answer = pending.get(key);
  if (answer === undefined) {
    answer = new Promise<readonly Address[]>((resolve, reject) => {
      const settled = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]): void => {
        pending.delete(key);
        if (error === null) resolve(addresses as readonly LookupAddress[] as readonly Address[]);
        else reject(error);
      };
      systemLookup(host, { all: true, family: FAMILIES[family], order: "verbatim" }, settled);
    });
    pending.set(key, answer);
  }
  return unlessAborted(answer, signal);
}

const FAMILIES = { any: 0, ipv4: 4, ipv6: 6 } as const;

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const done = onAbort(signal, reject);
    promise.finally(done).then(resolve, reject);
  });
}

async function byServer(
  host: string,
  family: Family,
  server: string,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  const resolver = new Resolver(RESOLVER);
  resolver.setServers([isIP(server) === 6 ? `[${server}]` : server]);
  const done = onAbort(signal, () => resolver.cancel());
  try {
    const answers = await Promise.allSettled([
      family === "ipv4" ? [] : ask(6, (told) => resolver.resolve6(host, told)),
      family === "ipv6" ? [] : ask(4, (told) => resolver.resolve4(host, told)),
    ]);
    const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    const failures = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as unknown] : []));
    // That a family has no address is worth less than that the server failed.
    const worst = failures.find((error) => (error as { code?: unknown }).code !== "ENODATA") ?? failures[0];
    if (addresses.length === 0 && worst !== undefined) throw worst;
    return addresses;
  } finally {
    done();
  }
}

function ask(
  family: 4 | 6,
  question: (told: (error: NodeJS.ErrnoException | null, addresses: string[]) => void) => void,
): Promise<readonly Address[]> {
  return new Promise((resolve, reject) => {
    question((error, addresses) => {
      if (error === null) resolve(addresses.map((address) => ({ address, family })));
      else reject(error);
    });
  });
}
