import { beforeEach, afterEach, describe, expect, test, vi } from "vitest";
import { peerServer } from "../servers/peer.ts";
import { proxy, refuses, tunnel } from "../servers/proxies.ts";
import { certificateFile, good } from "../servers/tls.ts";
import { check } from "./check.ts";
import { use } from "./use.ts";

const tls = { caFile: certificateFile("ca.pem") };

beforeEach(() => {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
});
afterEach(() => vi.unstubAllEnvs());

describe("a check goes through the proxy", () => {
  test("that it is given, with the credentials of its URL, which nobody sees", async () => {
    const { url } = await use(peerServer({}));
    const way = await use(proxy(tunnel()));
    const findings = await check({ url, proxy: way.url.replace("//", "//ada:s3cret-word@") });
    expect(findings.result).toBe("up");
    const [head] = way.heads;
    expect(head!.line).toBe(`CONNECT ${new URL(url).host} HTTP/1.1`);
    const credentials = Buffer.from("ada:s3cret-word").toString("base64");
    expect(head!.headers.get("proxy-authorization")).toBe(`Basic ${credentials}`);
    expect(JSON.stringify(findings)).not.toContain("s3cret-word");
  });

  test.each([
    ["HTTP_PROXY", "ws"],
    ["http_proxy", "ws"],
    ["HTTPS_PROXY", "wss"],
    ["ALL_PROXY", "ws"],
    ["ALL_PROXY", "wss"],
  ])("that %s names, for %s", async (variable, scheme) => {
    const { url } = await use(peerServer({}, scheme === "wss" ? { tls: good() } : {}));
    const way = await use(proxy(tunnel()));
    vi.stubEnv(variable, way.url);
    expect((await check({ url, tls })).result).toBe("up");
    expect(way.heads).toHaveLength(1);
  });

  test.each([
    ["the other scheme's variable", "HTTPS_PROXY", undefined],
    ["NO_PROXY with the host", "HTTP_PROXY", "127.0.0.1"],
    ["NO_PROXY with everything", "HTTP_PROXY", "*"],
  ])("not because of %s", async (_, variable, except) => {
    const { url } = await use(peerServer({}));
    const way = await use(proxy(tunnel()));
    vi.stubEnv(variable, way.url);
    vi.stubEnv("NO_PROXY", except);
    expect((await check({ url, tls })).result).toBe("up");
    expect(way.heads).toHaveLength(0);
  });

  test("not where it says so itself", async () => {
    const { url } = await use(peerServer({}));
    const way = await use(proxy(tunnel()));
    vi.stubEnv("HTTP_PROXY", way.url);
    expect((await check({ url, proxy: false })).result).toBe("up");
    expect(way.heads).toHaveLength(0);
  });

  test("to a name that only the proxy knows", async () => {
    const { url } = await use(peerServer({}));
    const way = await use(proxy(tunnel()));
    const findings = await check({ url: url.replace("127.0.0.1", "inside.invalid"), proxy: way.url });
    expect(findings.result).toBe("up");
    expect(findings.phases.map(({ phase }) => phase)).toEqual(["connect", "upgrade", "message", "close"]);
  });

  test("that speaks TLS, whose certificate counts", async () => {
    const { url } = await use(peerServer({}, { tls: good() }));
    const way = await use(proxy(tunnel(), { tls: good() }));
    expect((await check({ url, tls, proxy: way.url })).result).toBe("up");
    const untrusted = await check({ url: url.replace("wss", "ws"), proxy: way.url });
    expect(untrusted).toMatchObject({ result: "down", error: { type: "certificate_untrusted" } });
    expect(untrusted.error!.message).toContain("the certificate of the proxy localhost:");
  });
});

test.each([403, 407, 502, 503])("a proxy that answers %s refuses the tunnel", async (status) => {
  const { url } = await use(peerServer({}));
  const way = await use(proxy(refuses(status)));
  const { error, upgrade } = await check({ url, proxy: way.url });
  expect(error).toMatchObject({ type: "proxy_refused", phase: "connect" });
  expect(error!.message).toContain(String(status));
  expect(upgrade).toBeUndefined();
});

test("a proxy where nothing listens refuses the connection", async () => {
  const { url } = await use(peerServer({}));
  const way = await proxy(tunnel());
  await way.close();
  expect((await check({ url, proxy: way.url })).error).toMatchObject({ type: "ECONNREFUSED", phase: "connect" });
});

test("an environment variable that is no URL of a proxy is told without its value", async () => {
  const { url } = await use(peerServer({}));
  vi.stubEnv("HTTP_PROXY", "socks5://ada:s3cret-word@127.0.0.1:1080");
  const findings = await check({ url });
  expect(findings.error).toMatchObject({ type: "proxy_refused", phase: "connect" });
  expect(JSON.stringify(findings)).not.toContain("s3cret-word");
});
