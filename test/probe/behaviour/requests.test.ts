import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { dnsServer } from "../servers/dns.ts";
import { peerServer } from "../servers/peer.ts";
import { redirected, redirectedWithin } from "../servers/redirects.ts";
import type { Head, Server } from "../servers/wire.ts";
import { check } from "./check.ts";
import { use } from "./use.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "otel-ws-requests-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

/** A good server, and the heads of the requests that it got. */
async function remembering(headers: readonly string[] = [], host = "127.0.0.1"): Promise<Server & { heads: Head[] }> {
  const heads: Head[] = [];
  const server = await peerServer({ headers, open: ({ head }) => void heads.push(head) }, { host });
  return use({ ...server, heads });
}

describe("the upgrade request has", () => {
  test("the path, the query, header fields, the origin and the host", async () => {
    const { url, heads } = await remembering();
    const target = { url: `${url}rooms/42?of=1`, headers: { "X-Tenant": "a b" }, origin: "https://example.com" };
    expect((await check({ ...target, proxy: false })).result).toBe("up");
    expect(heads[0]!.line).toBe("GET /rooms/42?of=1 HTTP/1.1");
    expect(Object.fromEntries(heads[0]!.headers)).toMatchObject({
      "x-tenant": "a b",
      origin: "https://example.com",
      host: new URL(url).host,
      "sec-websocket-version": "13",
    });
  });

  test("no subprotocol, origin or authorization where none is given", async () => {
    const { url, heads } = await remembering();
    await check({ url, proxy: false });
    for (const name of ["sec-websocket-protocol", "origin", "authorization"]) {
      expect(heads[0]!.headers.has(name)).toBe(false);
    }
  });

  test("the subprotocols, of which the server takes one", async () => {
    const { url, heads } = await remembering(["Sec-WebSocket-Protocol: v2"]);
    const findings = await check({ url, subprotocols: ["v1", "v2"], proxy: false });
    expect(findings).toMatchObject({ result: "up", upgrade: { subprotocol: "v2" } });
    expect(heads[0]!.headers.get("sec-websocket-protocol")).toMatch(/^v1, ?v2$/);
  });

  test("a subprotocol that the server passes over", async () => {
    const { url } = await remembering();
    const findings = await check({ url, subprotocols: ["v1"], proxy: false });
    expect(findings.error).toMatchObject({ type: "invalid_response", phase: "upgrade" });
  });

  test("the bearer token of an environment variable, as it is at each run", async () => {
    const { url, heads } = await remembering();
    const target = { url, bearer: { env: "PROBE_TEST_TOKEN" }, proxy: false } as const;
    for (const token of ["first-token", "second-token"]) {
      vi.stubEnv("PROBE_TEST_TOKEN", token);
      expect(JSON.stringify(await check(target))).not.toContain(token);
    }
    expect(heads.map(({ headers }) => headers.get("authorization"))).toEqual([
      "Bearer first-token",
      "Bearer second-token",
    ]);
  });

  test("the bearer token of a file, which is read again for each run", async () => {
    const { url, heads } = await remembering();
    const file = join(folder, "token");
    for (const token of ["first-token\n", "second-token"]) {
      writeFileSync(file, token);
      await check({ url, bearer: { file }, proxy: false });
    }
    expect(heads.map(({ headers }) => headers.get("authorization"))).toEqual([
      "Bearer first-token",
      "Bearer second-token",
    ]);
    rmSync(file);
    const { error } = await check({ url, bearer: { file }, proxy: false });
    expect(error).toMatchObject({ type: "ENOENT", message: `the file ${file} does not exist` });
  });

  test("an offer of compression, which is used where the server takes it", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: { threshold: 0 } });
    server.on("connection", (socket) => socket.on("message", (data) => socket.send(data as Buffer, { binary: false })));
    await once(server, "listening");
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const steps = [{ send: "a".repeat(5000) }, { expect: { text: "a".repeat(5000) } }];
    const extensions: (string | undefined)[] = [];
    server.on("headers", (_, request) => extensions.push(request.headers["sec-websocket-extensions"]));
    const compressed = await check({ url, steps, proxy: false });
    expect(compressed).toMatchObject({ result: "up", upgrade: { compression: true } });
    const plain = await check({ url, steps, compression: false, proxy: false });
    expect(plain).toMatchObject({ result: "up", upgrade: { compression: false } });
    expect(extensions).toEqual([expect.stringContaining("permessage-deflate"), undefined]);
    server.close();
  });
});

describe("an address is", () => {
  test("of the family that the check wants, which alone is asked for", async () => {
    const { url } = await remembering([], "::");
    const dns = await use(dnsServer((_, type) => ({ rcode: 0, addresses: [type === "A" ? "127.0.0.1" : "::1"] })));
    const target = { url: `ws://probe.test:${new URL(url).port}/`, resolver: dns.address, proxy: false } as const;
    const [ipv4, ipv6] = [await check({ ...target, ip: "ipv4" }), await check({ ...target, ip: "ipv6" })];
    expect(ipv4.peer).toMatchObject({ address: "127.0.0.1", family: "ipv4" });
    expect(ipv6.peer).toMatchObject({ address: "::1", family: "ipv6" });
    expect(dns.questions).toEqual(["A probe.test", "AAAA probe.test"]);
  });

  test("the other one where the first one does not answer", async () => {
    const { url } = await remembering();
    const dns = await use(dnsServer((_, type) => ({ rcode: 0, addresses: [type === "A" ? "127.0.0.1" : "::1"] })));
    const target = { url: `ws://probe.test:${new URL(url).port}/`, resolver: dns.address, proxy: false } as const;
    expect(await check(target)).toMatchObject({ result: "up", peer: { family: "ipv4" } });
    expect((await check({ ...target, ip: "ipv6" })).error).toMatchObject({ type: "ECONNREFUSED", phase: "connect" });
  });

  test("the system's own where it knows the name", async () => {
    const { url } = await remembering();
    const findings = await check({ url: url.replace("127.0.0.1", "localhost"), ip: "ipv4", proxy: false });
    expect(findings).toMatchObject({ result: "up", peer: { address: "127.0.0.1" } });
    expect(findings.phases[0]).toMatchObject({ phase: "dns" });
  });
});

describe("a redirect", () => {
  const secrets = { bearer: { env: "PROBE_TEST_TOKEN" }, headers: { Cookie: "a=secret-cookie", "X-Tenant": "a" } };

  test("to another origin goes without Authorization and Cookie", async () => {
    vi.stubEnv("PROBE_TEST_TOKEN", "first-token");
    const server = await use(redirected());
    const findings = await check({ url: server.url, ...secrets, maxRedirects: 1, proxy: false });
    expect(findings).toMatchObject({ result: "up", upgrade: { status: 101, redirects: [expect.any(String)] } });
    const [{ headers }] = server.heads as [Head];
    expect([headers.get("authorization"), headers.get("cookie"), headers.get("x-tenant")]).toEqual([
      undefined,
      undefined,
      "a",
    ]);
    const phases = findings.phases.map(({ phase }) => phase).join(" ");
    expect(phases).toBe("connect upgrade connect upgrade message close");
  });

  test("within the origin keeps them", async () => {
    vi.stubEnv("PROBE_TEST_TOKEN", "first-token");
    const server = await use(redirectedWithin());
    const findings = await check({ url: server.url, ...secrets, maxRedirects: 1, proxy: false });
    expect(findings).toMatchObject({ result: "up", upgrade: { redirects: [`${server.url}moved`] } });
    for (const { headers } of server.heads) {
      expect([headers.get("authorization"), headers.get("cookie")]).toEqual(["Bearer first-token", "a=secret-cookie"]);
    }
    expect(server.heads).toHaveLength(2);
  });
});
