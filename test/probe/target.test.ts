import { describe, expect, test } from "vitest";
import { OptionError } from "../../src/core/validate.ts";
import { resolveTarget } from "../../src/probe/target.ts";

const URL_ = "wss://example.com/chat";
const target = (options: object = {}) => resolveTarget({ url: URL_, ...options });

/** The option that is wrong. */
function wrong(options: object): string {
  try {
    target(options);
  } catch (error) {
    if (error instanceof OptionError) return error.option;
    throw error;
  }
  throw new Error("nothing is wrong");
}

describe("a target that says nothing but its URL", () => {
  test("has a default for everything", () => {
    expect(target()).toMatchObject({
      name: "example.com/chat",
      headers: {},
      subprotocols: [],
      compression: true,
      ip: "any",
      proxy: undefined,
      tls: { insecure: false },
      maxRedirects: 0,
      maxMessageSize: 1_048_576,
      timeout: 10_000,
      steps: [{ kind: "ping", within: 5000 }],
      hold: undefined,
    });
  });

  test("is named by host and path, without credentials, cut at 128 characters", () => {
    expect(resolveTarget({ url: "ws://user:password@example.com:8080/chat?token=1" }).name).toBe(
      "example.com:8080/chat",
    );
    expect(resolveTarget({ url: "ws://example.com/" }).name).toBe("example.com");
    expect(resolveTarget({ url: `ws://example.com/${"x".repeat(300)}` }).name).toHaveLength(128);
  });

  test("has no steps where a refusal is expected", () => {
    expect(target({ expectStatus: 401 }).steps).toEqual([]);
  });
});

describe("an option that is wrong is named", () => {
  test.each<[string, object]>([
    ["url", { url: "https://example.com" }],
    ["url", { url: "ws://example.com/#x" }],
    ["url", { url: "nonsense" }],
    ["url", { url: 1 }],
    ["nonsense", { nonsense: 1 }],
    ["name", { name: "" }],
    ["name", { name: "x".repeat(129) }],
    ["headers.Sec-WebSocket-Protocol", { headers: { "Sec-WebSocket-Protocol": "chat" } }],
    ["headers.a b", { headers: { "a b": "1" } }],
    ["headers.X-A", { headers: { "X-A": "1\r\nX-B: 2" } }],
    ["headers.x-a", { headers: { "X-A": "1", "x-a": "2" } }],
    ["subprotocols[1]", { subprotocols: ["chat", "chat"] }],
    ["subprotocols[0]", { subprotocols: ["a b"] }],
    ["bearer", { bearer: "token" }],
    ["bearer", { bearer: { env: "A", file: "b" } }],
    ["bearer", { bearer: { env: "A" }, headers: { authorization: "x" } }],
    ["ip", { ip: 4 }],
    ["resolver", { resolver: "dns.example" }],
    ["resolver", { resolver: "192.0.2.1:0" }],
    ["proxy", { proxy: "socks5://proxy.example" }],
    ["tls.keyFile", { tls: { certFile: "a.pem" } }],
    ["tls.serverName", { tls: { serverName: "192.0.2.1" } }],
    ["tls.nonsense", { tls: { nonsense: 1 } }],
    ["maxRedirects", { maxRedirects: -1 }],
    ["maxMessageSize", { maxMessageSize: 0 }],
    ["timeout", { timeout: 0 }],
    ["maxRoundTrip", { maxRoundTrip: 0 }],
    ["minCertificateLife", { minCertificateLife: "1d" }],
    ["expectStatus", { expectStatus: 101 }],
    ["steps", { expectStatus: 401, steps: [{ ping: {} }] }],
    ["hold", { expectStatus: 401, hold: { duration: 1000 } }],
    ["hold", { steps: [{ expectClose: { code: 1000 } }], hold: { duration: 1000 } }],
    ["hold.duration", { hold: { duration: 10 } }],
    ["hold.pingInterval", { hold: { duration: 1000, pingInterval: 1 } }],
    ["steps", { steps: {} }],
    ["steps[0]", { steps: ["ping"] }],
    ["steps[0]", { steps: [{ ping: {}, send: "x" }] }],
    ["steps[1].pong", { steps: [{ ping: {} }, { pong: {} }] }],
    ["steps[0].ping.within", { steps: [{ ping: { within: 0 } }] }],
    ["steps[0].send", { steps: [{ send: 1 }] }],
    ["steps[0].sendJson", { steps: [{ sendJson: 1n }] }],
    ["steps[0].sendBinary", { steps: [{ sendBinary: "abc" }] }],
    ["steps[2].expect.regex", { steps: [{ ping: {} }, { ping: {} }, { expect: { regex: "a(" } }] }],
    ["steps[0].expect.regex", { steps: [{ expect: { regex: "(?<=a)b" } }] }],
    ["steps[0].expect.jsonPath", { steps: [{ expect: { jsonPath: "$.a[" } }] }],
    ["steps[0].expect.equals", { steps: [{ expect: { text: "a", equals: 1 } }] }],
    ["steps[0].expect.count", { steps: [{ expect: { count: 0 } }] }],
    ["steps[0].expect", { steps: [{ expect: {} }] }],
    ["steps[0].expect", { steps: [{ expect: { text: "a", contains: "a" } }] }],
    ["steps[0].expectClose.code", { steps: [{ expectClose: { code: 999 } }] }],
    ["steps[1]", { steps: [{ expectClose: { code: 1000 } }, { ping: {} }] }],
    ["steps[1].wait", { timeout: 1000, steps: [{ wait: 600 }, { wait: 600 }] }],
  ])("%s (%#)", (option, options) => {
    expect(wrong(options)).toBe(option);
  });
});

describe("no secret stands in an error", () => {
  const secret = "hunter2hunter2";
  test.each<[string, object]>([
    ["a header field", { headers: { Authorization: `${secret}\n` } }],
    ["the URL", { url: `http://user:${secret}@example.com/?token=${secret}` }],
    ["a URL without a scheme", { url: `user:${secret}@example.com` }],
    ["the proxy", { proxy: `ftp://user:${secret}@example.com` }],
    ["a secret that should stand elsewhere", { bearer: secret }],
    ["a passphrase that should stand elsewhere", { tls: { passphrase: secret } }],
    ["a header field that is there twice", { headers: { "X-Token": secret, "x-token": secret } }],
  ])("%s", (_where, options) => {
    expect(() => target(options)).toThrow(OptionError);
    expect(() => target(options)).not.toThrow(secret);
  });
});
