import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientPlatform } from "../../src/index.ts";
import { Memo } from "../../src/segments/memo.ts";

const PLATFORMS = ["web", "mobile", "desktop", "server", "bot", "unknown"];
const platformOf = clientPlatform();
const of = (userAgent: string | undefined, hints: Record<string, string> = {}): unknown =>
  platformOf({ url: "/chat", headers: { "user-agent": userAgent, ...hints } })["websocket.client.platform"];

const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";

describe("the platform of a client", () => {
  test.for<[string, string]>([
    [CHROME, "web"],
    [`${CHROME} Edg/142.0.0.0`, "web"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "web"],
    [`${SAFARI} Version/18.0 Safari/605.1.15`, "web"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
      "mobile",
    ],
    [
      "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
      "mobile",
    ],
    [
      "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
      "mobile",
    ],
    [
      "Mozilla/5.0 (Linux; Android 12; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
      "mobile",
    ],
    ["okhttp/4.12.0", "mobile"],
    ["Chat/12 CFNetwork/1568.100.1 Darwin/24.0.0", "mobile"],
    ["Chat/12 CFNetwork/1568.100.1 Darwin/24.0.0 (x86_64)", "desktop"],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chat/4.1 Chrome/140.0.0.0 Electron/38.1.0 Safari/537.36",
      "desktop",
    ],
    ["Trader/3.2 (Windows NT 10.0; Win64; x64)", "desktop"],
    ["node", "server"],
    ["Python/3.13 websockets/15.0", "server"],
    ["Go-http-client/1.1", "server"],
    ["curl/8.10.1", "server"],
    ["Java/21.0.4", "server"],
    ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"],
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
      "bot",
    ],
    ["UptimeRobot/2.0", "bot"],
    ["Pingdom.com_bot_version_1.4", "bot"],
    ["nodebug", "unknown"],
    ["?", "unknown"],
  ])("%s: %s", ([userAgent, platform]) => {
    expect(of(userAgent)).toBe(platform);
  });

  test("client hints tell a phone that asks for the computer's page", () => {
    const linux =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    expect(of(linux)).toBe("web");
    expect(of(linux, { "sec-ch-ua-platform": '"Android"' })).toBe("mobile");
    expect(of(CHROME, { "sec-ch-ua-mobile": "?1" })).toBe("mobile");
    expect(of(undefined, { "sec-ch-ua-mobile": "?0" })).toBe("web");
  });

  test("without a user agent it is unknown, and a client of this process has none", () => {
    expect(of(undefined)).toBe("unknown");
    expect(of("")).toBe("unknown");
    expect(platformOf({ url: "ws://127.0.0.1/chat", headers: { "user-agent": CHROME } })).toEqual({});
  });
});

describe("whatever a peer sends", () => {
  test("it is one of the six values", () => {
    const field = fc.oneof(fc.string({ maxLength: 2000 }), fc.array(fc.string()), fc.integer(), fc.constant(undefined));
    const words = fc.array(
      fc.constantFrom("Mozilla/5.0", "(", ";", "Android", "bot", "Mobile", "iPad", " ", "Electron/1", "Chrome/1"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          field,
          words.map((parts) => parts.join(" ")),
        ),
        field,
        (userAgent, hint) => {
          const headers = { "user-agent": userAgent, "sec-ch-ua-mobile": hint, "sec-ch-ua-platform": hint };
          const attributes = platformOf({ url: "/", headers });
          expect(Object.keys(attributes)).toEqual(["websocket.client.platform"]);
          expect(PLATFORMS).toContain(attributes["websocket.client.platform"]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("10 kB cost no more than 512 characters, also where they are made to cost", () => {
    const traps = [
      "a",
      "(",
      "Android ",
      "Mozilla/5.0 ",
      "/",
      "0.",
      " ;",
      "Version/",
      "CFNetwork",
      "_",
      "bot".slice(0, 2),
    ];
    for (const trap of traps) {
      const times = [0, 1, 2, 3].map((index) => {
        const userAgent = `${index}${trap.repeat(Math.ceil(10_000 / trap.length)).slice(0, 10_000)}`;
        const startedAt = performance.now();
        of(userAgent);
        return performance.now() - startedAt;
      });
      // The least of them: another process may have the processor, and the first compiles the expressions.
      expect({ trap, slow: Math.min(...times) >= 20 }).toEqual({ trap, slow: false });
    }
  });

  test("what is past 512 characters does not matter", () => {
    expect(of(`${CHROME}${" ".repeat(10_000)} Googlebot`)).toBe("web");
  });
});

test("a memo computes a key once, and forgets the oldest one past its limit", () => {
  const memo = new Memo(3);
  const computed: string[] = [];
  const ask = (key: string): string => memo.of(key, () => (computed.push(key), key.toUpperCase()));
  for (const key of ["a", "b", "a", "c", "d", "b", "a"]) expect(ask(key)).toBe(key.toUpperCase());
  expect(computed).toEqual(["a", "b", "c", "d", "a"]);
  for (let index = 0; index < 1000; index += 1) ask(String(index));
  expect(memo.size).toBe(3);
});
