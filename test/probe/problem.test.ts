import { describe, expect, test } from "vitest";
import {
  anyFailure,
  certificateFailure,
  endingFailure,
  lateFailure,
  lookupFailure,
  transportFailure,
  upgradeFailure,
} from "../../src/probe/problem.ts";
import { excerpt } from "../../src/probe/text.ts";

const WHERE = "example.com:443";
const coded = (code: string, more: object = {}, message = "secret internals") =>
  Object.assign(new Error(message), { code, ...more });

describe("error.type", () => {
  test.each([
    ["ECONNREFUSED", transportFailure(coded("ECONNREFUSED", { syscall: "connect" }), "connect", WHERE)],
    ["ECONNRESET", transportFailure(coded("ECONNRESET", { syscall: "read" }), "tls", WHERE)],
    ["connection_lost", transportFailure(coded("ECONNRESET", {}, "socket hang up"), "upgrade", WHERE)],
    ["tls_error", transportFailure(coded("ERR_SSL_WRONG_VERSION_NUMBER"), "tls", WHERE)],
    ["tls_error", transportFailure(coded("EPROTO"), "tls", WHERE)],
    ["_OTHER", transportFailure(new Error("?"), "connect", WHERE)],
    ["ENOTFOUND", lookupFailure(coded("ENOTFOUND"), "example.com", undefined)],
    ["EAI_AGAIN", lookupFailure(coded("EAI_AGAIN"), "example.com", undefined)],
    ["dns_timeout", lookupFailure(coded("ETIMEOUT"), "example.com", "192.0.2.1")],
    ["certificate_expired", certificateFailure("CERT_HAS_EXPIRED", WHERE, "")],
    ["certificate_not_yet_valid", certificateFailure("CERT_NOT_YET_VALID", WHERE, "")],
    ["certificate_name_mismatch", certificateFailure("ERR_TLS_CERT_ALTNAME_INVALID", WHERE, "")],
    ["certificate_untrusted", certificateFailure("CERT_SIGNATURE_FAILURE", WHERE, "")],
    ["invalid_accept", upgradeFailure(new Error("Invalid Sec-WebSocket-Accept header"), WHERE, true)],
    ["invalid_response", upgradeFailure(new Error("Invalid Upgrade header"), WHERE, true)],
    ["invalid_response", upgradeFailure(new Error("a text of another version of ws"), WHERE, true)],
    ["invalid_response", upgradeFailure(coded("HPE_INVALID_CONSTANT"), WHERE, false)],
    ["ECONNRESET", upgradeFailure(coded("ECONNRESET", { syscall: "read" }), WHERE, true)],
    ["1011", endingFailure({ code: 1011, reason: "" }, "message", WHERE)],
    ["unexpected_close", endingFailure({ code: 4321, reason: "" }, "message", WHERE)],
    ["connection_lost", endingFailure({ code: 1006, reason: "" }, "message", WHERE)],
    [
      "protocol_error",
      endingFailure({ code: 1006, reason: "", error: coded("WS_ERR_INVALID_UTF8") }, "message", WHERE),
    ],
    ["protocol_error", endingFailure({ code: 1006, reason: "", error: coded("Z_DATA_ERROR") }, "message", WHERE)],
    [
      "message_too_large",
      endingFailure({ code: 1006, reason: "", error: coded("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") }, "message", WHERE),
    ],
    ["tls_timeout", lateFailure("tls", WHERE, 1000)],
    ["message_timeout", lateFailure("close", WHERE, 1000)],
    ["_OTHER", lateFailure(undefined, WHERE, 1000)],
    ["_OTHER", anyFailure("thrown text", "message")],
    ["_OTHER", anyFailure(coded("ERR_INVALID_ARG_TYPE"), "message")],
  ])("is %s", (type, failure) => {
    expect(failure.type).toBe(type);
    expect(failure.message).not.toBe("");
  });
});

test("the reason of a close frame is shown, cut and excerpt", () => {
  const { message } = endingFailure({ code: 4000, reason: `bye\u001b[31m\u202e${"x".repeat(500)}` }, "message", WHERE);
  expect(message).toContain("bye\\u{1b}[31m\\u{202e}xxx");
  expect(message.length).toBeLessThan(250);
});

describe("text of a peer", () => {
  test("is cut between characters", () => {
    expect(excerpt("😀".repeat(100), 3)).toBe("😀😀😀…");
    expect(excerpt("abc", 3)).toBe("abc");
    expect(excerpt(`${"a".repeat(4095)}😀`, 10)).toBe(`${"a".repeat(10)}…`);
  });

  test("has nothing in it that moves a cursor, breaks a line or turns its direction", () => {
    expect(excerpt("a\r\n\t\0\u007f\u009b\u2028\u200f\uD800")).toBe(
      "a\\r\\n\\t\\u{0}\\u{7f}\\u{9b}\\u{2028}\\u{200f}\\u{d800}",
    );
  });
});
