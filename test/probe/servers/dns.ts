import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decode, encode } from "dns-packet";
import type { Packet } from "dns-packet";
import { peerServer } from "./peer.ts";
import type { Server, Start } from "./wire.ts";

/** A DNS server: what it answers to a question, or nothing. `rcode` 0 is success, 2 SERVFAIL, 3 NXDOMAIN (RFC 1035). */
export interface DnsServer {
  readonly address: string;
  /** The names and types that it was asked for. */
  readonly questions: string[];
  readonly close: () => Promise<void>;
}

/** Starts a DNS server that answers after `delay` milliseconds. */
export async function dnsServer(
  answer: (name: string, type: string) => { rcode: number; addresses?: readonly string[] } | undefined,
  delay = 0,
): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const timers = new Set<NodeJS.Timeout>();
  const questions: string[] = [];
  socket.on("message", (message, from) => {
    const { id, questions: asked = [] } = decode(message);
    const [question] = asked;
    if (id === undefined || question === undefined) return;
    const { name, type } = question;
    questions.push(`${type} ${name}`);
    const given = answer(name, type);
    if (given === undefined) return;
    const packet: Packet = {
      type: "response",
      id,
      flags: given.rcode | 0x0180,
      questions: [question],
      answers: (given.addresses ?? []).map((data) => ({ type: type as "A", name, ttl: 0, data })),
    };
    const timer = setTimeout(() => {
      timers.delete(timer);
      socket.send(encode(packet), from.port, from.address);
    }, delay);
    timers.add(timer);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    async close() {
      for (const timer of timers) clearTimeout(timer);
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
}

/** The name that `dnsServer`s of this file's servers know. */
export const NAME = "probe.test";

function unresolvable(answer: Parameters<typeof dnsServer>[0]): Start {
  return async () => {
    const { address, close } = await dnsServer(answer);
    return { url: `ws://${NAME}/`, extras: { resolver: address }, close };
  };
}

export const nxdomain: Start = unresolvable(() => ({ rcode: 3 }));
export const servfail: Start = unresolvable(() => ({ rcode: 2 }));
export const silent: Start = unresolvable(() => undefined);
/** The name exists and has neither an IPv4 nor an IPv6 address. */
export const addressless: Start = unresolvable(() => ({ rcode: 0 }));

/** A good server, whose name only this DNS server knows. */
export async function resolvable(delay = 0): Promise<Server & { questions: readonly string[] }> {
  const { address, questions, close } = await dnsServer(
    (_, type) => ({ rcode: 0, addresses: type === "A" ? ["127.0.0.1"] : [] }),
    delay,
  );
  const server = await peerServer({});
  return {
    url: `ws://${NAME}:${new URL(server.url).port}/`,
    extras: { resolver: address },
    questions,
    async close() {
      await Promise.all([server.close(), close()]);
    },
  };
}
