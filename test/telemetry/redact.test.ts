import { expect, test } from "vitest";
import { redactQuery, redactUrl } from "../../src/telemetry/redact.ts";

test.each([
  ["a=1&b=2", "a=1&b=2"],
  ["token=abc&room=7", "token=REDACTED&room=7"],
  ["Access_Token=abc", "Access_Token=REDACTED"],
  ["acc%65ss_token=abc", "acc%65ss_token=REDACTED"],
  [
    "sig=x&X-Goog-Signature=y&AWSAccessKeyId=z&Signature=w",
    "sig=REDACTED&X-Goog-Signature=REDACTED&AWSAccessKeyId=REDACTED&Signature=REDACTED",
  ],
  ["token", "token"],
  ["token=", "token=REDACTED"],
  ["%E0%A4%A=1", "%E0%A4%A=1"],
  ["", ""],
])("the query %j becomes %j", (query, expected) => {
  expect(redactQuery(query)).toBe(expected);
});

test.each([
  ["wss://example.com/feed", "wss://example.com/feed"],
  [
    "wss://user:pass@example.com:8443/feed?ticket=1&a=b#part",
    "wss://REDACTED:REDACTED@example.com:8443/feed?ticket=REDACTED&a=b",
  ],
  ["ws+unix:/tmp/socket:/path", "ws+unix:/tmp/socket:/path"],
  ["wss://example.com/a@b", "wss://example.com/a@b"],
])("the URL %j becomes %j", (url, expected) => {
  expect(redactUrl(url)).toBe(expected);
});

test("what is very long is cut", () => {
  expect(redactQuery("x".repeat(10_000))).toHaveLength(2048);
});
