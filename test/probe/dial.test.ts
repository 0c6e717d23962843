import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { literal, resolveName } from "../../src/probe/dial/lookup.ts";
import type { Address } from "../../src/probe/dial/lookup.ts";
import { proxyFor } from "../../src/probe/dial/proxy.ts";
import { interleaved, race } from "../../src/probe/dial/race.ts";
import { Sockets } from "../../src/probe/dial/sockets.ts";

const never = new AbortController().signal;
const v4 = (address: string): Address => ({ address, family: 4 });
const v6 = (address: string): Address => ({ address, family: 6 });

describe("addresses", () => {
  test("take turns by family, beginning with the first one's", () => {
    const mixed = [v6("::1"), v6("::2"), v6("::3"), v4("127.0.0.1")];
    expect(interleaved(mixed).map(({ address }) => address)).toEqual(["::1", "127.0.0.1", "::2", "::3"]);
    expect(interleaved([v4("127.0.0.1"), v6("::1"), v6("::2")]).map(({ family }) => family)).toEqual([4, 6, 6]);
  });

  test("are tried ten at most", () => {
    expect(interleaved(Array.from({ length: 200 }, (_, index) => v4(`192.0.2.${index}`)))).toHaveLength(10);
  });

  test("are not resolved, and must be of the family that is asked for", () => {
    expect(literal("127.0.0.1", "any")).toEqual(v4("127.0.0.1"));
    expect(literal("::1", "ipv6")).toEqual(v6("::1"));
    expect(literal("localhost", "ipv6")).toBeUndefined();
    expect(() => literal("127.0.0.1", "ipv6")).toThrow(expect.objectContaining({ type: "EAFNOSUPPORT" }) as Error);
  });

  test("of a name are asked of the system once at a time", async () => {
    const [one, other] = await Promise.all([
      resolveName("localhost", "ipv4", undefined, never),
      resolveName("localhost", "ipv4", undefined, never),
    ]);
    expect(one).toBe(other);
    expect(one[0]).toEqual(v4("127.0.0.1"));
  });
});

describe("a race", () => {
  let server: Server;
  let port: number;

  beforeEach(async () => {
    server = createServer().listen(0, "127.0.0.2");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(() => void server.close());

  test("is won by the address that answers", async () => {
    const sockets = new Sockets();
    const socket = await race([v4("127.0.0.1"), v4("127.0.0.2")], port, sockets, never);
    expect(socket.remoteAddress).toBe("127.0.0.2");
    await sockets.close();
    expect(socket.destroyed).toBe(true);
  });

  test("is lost with the error that says most", async () => {
    const addresses = [v4("127.0.0.1"), v4("127.0.0.3")];
    await expect(race(addresses, port, new Sockets(), never)).rejects.toMatchObject({
      type: "ECONNREFUSED",
      message: expect.stringContaining("1 more") as string,
    });
  });

  test("ends with its signal", async () => {
    const reason = new Error("late");
    await expect(race([v4("127.0.0.2")], port, new Sockets(), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe("the proxy", () => {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  let saved: Record<string, string | undefined>;

  beforeEach(() => {
    saved = Object.fromEntries(names.map((name) => [name, process.env[name]]));
    for (const name of names) delete process.env[name];
  });

  afterEach(() => {
    for (const [name, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const of = (url: string): string | undefined => proxyFor(new URL(url), undefined)?.href;

  test("is that of HTTP and HTTPS", () => {
    process.env.HTTP_PROXY = "http://plain.example:3128";
    process.env.https_proxy = "https://secure.example";
    expect(of("ws://example.com")).toBe("http://plain.example:3128/");
    expect(of("wss://example.com")).toBe("https://secure.example/");
  });

  test("speaks plain HTTP where its scheme is not said", () => {
    process.env.ALL_PROXY = "proxy.example:3128";
    expect(of("wss://example.com")).toBe("http://proxy.example:3128/");
  });

  test("is left out where NO_PROXY says so, or the target", () => {
    process.env.ALL_PROXY = "http://proxy.example:3128";
    process.env.NO_PROXY = "example.com";
    expect(of("wss://example.com")).toBeUndefined();
    expect(of("wss://example.org")).toBeDefined();
    expect(proxyFor(new URL("wss://example.org"), false)).toBeUndefined();
  });

  test("is refused where it is none of HTTP", () => {
    process.env.ALL_PROXY = "socks5://user:hunter2@proxy.example";
    expect(() => of("wss://example.com")).toThrow(expect.objectContaining({ type: "proxy_refused" }) as Error);
    expect(() => of("wss://example.com")).not.toThrow("hunter2");
  });
});
