import { describe, expect, test } from "vitest";
import { forOtherOrigin, redirected } from "../../src/probe/redirect.ts";

const from = new URL("wss://user:pass@example.com/a/b?x=1");
const to = (location: string, base: URL = from) => redirected(base, location, 302, "example.com:443").href;

describe("a redirect leads", () => {
  test.each([
    ["c", "wss://user:pass@example.com/a/c"],
    ["/c?y=2#z", "wss://user:pass@example.com/c?y=2"],
    ["https://example.com/c", "wss://user:pass@example.com/c"],
    ["//other.example/c", "wss://other.example/c"],
    ["wss://evil:evil@other.example:444/", "wss://other.example:444/"],
  ])("with %s to %s", (location, url) => {
    expect(to(location)).toBe(url);
  });

  test("from plain text to TLS, without credentials of the other origin", () => {
    expect(to("https://example.com/", new URL("ws://user:pass@example.com/"))).toBe("wss://example.com/");
  });

  test.each([
    ["http://example.com/", "302"],
    ["ws://example.com/", "302"],
    ["ftp://example.com/", "invalid_response"],
    ["http://[broken", "invalid_response"],
  ])("not with %s", (location, type) => {
    expect(() => to(location)).toThrow(expect.objectContaining({ type }) as Error);
  });
});

test("another origin gets no header field that may be a secret", () => {
  const headers = {
    Authorization: "a",
    Cookie: "b",
    "X-Api-Key": "c",
    Host: "d",
    "User-Agent": "e",
    "Accept-Language": "f",
  };
  expect(forOtherOrigin(headers)).toEqual({ "User-Agent": "e", "Accept-Language": "f" });
});
