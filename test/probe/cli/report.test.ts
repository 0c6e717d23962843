import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { jsonLine } from "../../../src/probe/cli/json.ts";
import { renderReport } from "../../../src/probe/cli/report.ts";
import type { ProbeResult } from "../../../src/probe/types.ts";
import { refusedResult, upResult } from "./results.ts";

const plain = { width: 80, color: false };

/** A part of the report, by the beginning of its lines. */
function linesWith(result: ProbeResult, label: string): string[] {
  const lines = renderReport(result, result.name, plain).split("\n");
  return lines.filter((line) => line.startsWith(`  ${label} `)).map((line) => line.slice(2));
}

test("a run that is up has its facts and its waterfall", () => {
  expect(renderReport({ ...upResult, location: "office", traceId: "4bf92f3577b34da6a3ce929d0e0e4736" }, "chat", plain))
    .toBe(`✓ up  chat  100 ms  from office
  wss://example.com/chat?token=REDACTED

  Peer         192.0.2.7:443 (IPv4)
  TLS          TLSv1.3, TLS_AES_128_GCM_SHA256
  Certificate  expires in 61 days (2027-01-24)
               example.com, by Test CA
  Upgrade      101, subprotocol chat.v1, permessage-deflate
  Close        1000 by this client

  dns      █████▌                                         12.5 ms  example.com
  connect       █████▌                                    12.5 ms  192.0.2.7:443
  tls                 ███████████                         25.0 ms  TLSv1.3
  upgrade                        ███████████              25.0 ms  101
  message                                   █████▌        12.5 ms  ping
  close                                          █████▌   12.5 ms  code 1000

  Trace        4bf92f3577b34da6a3ce929d0e0e4736`);
});

test("a run that is down says why, and in which phase", () => {
  expect(renderReport(refusedResult, refusedResult.name, plain)).toBe(`✗ down  ws://[2001:db8::1]:9001/chat  2.0 ms
  [2001:db8::1]:9001 refused the connection
  error.type=ECONNREFUSED phase=connect

  connect                 ███████████████▌    1.0 ms  ECONNREFUSED: [2001:db8::…`);
});

test("a run that is degraded says all reasons, in lines that fit", () => {
  const slow = { type: "slow_round_trip", message: "a round trip (ping) took 240 ms, more than 200 ms" };
  const expiry = { type: "certificate_expiry", message: `the certificate expires soon ${"very ".repeat(12)}soon` };
  const result = { ...upResult, result: "degraded" as const, error: slow, warnings: [slow, expiry] };
  expect(renderReport(result, "chat", plain).split("\n").slice(0, 7)).toEqual([
    "! degraded  chat  100 ms",
    "  wss://example.com/chat?token=REDACTED",
    "  a round trip (ping) took 240 ms, more than 200 ms",
    "  error.type=slow_round_trip",
    "  the certificate expires soon very very very very very very very very very very",
    "  very very soon",
    "  error.type=certificate_expiry",
  ]);
});

test("one of two checks of a name says its family", () => {
  expect(renderReport(upResult, "chat (IPv4)", plain)).toContain("✓ up  chat (IPv4)  100 ms");
  expect(renderReport(refusedResult, `${refusedResult.name} (IPv6)`, plain)).toContain(
    "✗ down  ws://[2001:db8::1]:9001/chat (IPv6)  2.0 ms",
  );
});

describe("the waterfall", () => {
  test.each([50, 80, 120, 200])("fits %d columns, with the times below each other", (width) => {
    const lines = renderReport(upResult, "chat", { width, color: false }).split("\n");
    const bars = lines.filter((line) => / ms {2}/.test(line) && !line.includes("chat"));
    expect(bars).toHaveLength(6);
    expect(new Set(bars.map((line) => line.indexOf(" ms  "))).size).toBe(1);
    expect(Math.max(...bars.map(({ length }) => length))).toBeLessThanOrEqual(width);
    expect(Math.max(...bars.map(({ length }) => length))).toBeGreaterThan(width - 12);
  });

  test("shows a long wait as a gap, not as an empty line", () => {
    const [dns, connect] = upResult.phases;
    const late = { phase: "message", start: 60, duration: 0.0125, detail: "ping" } as const;
    expect(linesWith({ ...upResult, phases: [dns!, connect!, late] }, "message")).toEqual([
      "message                               ⋯█████████████▍   12.5 ms  ping",
    ]);
  });

  test("has a bar for what took no time", () => {
    const phases = [{ phase: "connect", start: 0, duration: 0 } as const];
    expect(linesWith({ ...upResult, phases }, "connect")).toEqual([`connect  ▏${" ".repeat(55)}     0.0 ms`]);
  });
});

test("what was held is told", () => {
  const roundTrip = { min: 0.008, mean: 0.01, p50: 0.0091, p90: 0.0132, p99: 0.0204, max: 0.0311, jitter: 0.0012 };
  const stability = {
    duration: 600,
    connected: 599.9,
    drops: 1,
    reconnects: 1,
    pings: 600,
    missedPongs: 2,
    messagesSent: 0,
    messagesReceived: 3,
    roundTrip,
  };
  const result = { ...upResult, stability };
  expect(linesWith(result, "Held")).toEqual(["Held         10m 00s, connected 99.98 %, 1 drop, 1 reconnect"]);
  expect(linesWith(result, "Pings")).toEqual(["Pings        600, 2 missed; messages: 0 sent, 3 received"]);
  expect(linesWith(result, "Round trip")).toEqual([
    "Round trip   p50 9.1 ms, p90 13 ms, p99 20 ms, max 31 ms, jitter 1.2 ms",
  ]);
});

test.each([
  [-3 * 86_400, true, "Certificate  expired 3 days ago (2027-01-24)"],
  [-90, false, "Certificate  expired 1 minute ago (2027-01-24), not valid"],
  [47 * 3600, true, "Certificate  expires in 47 hours (2027-01-24)"],
])("a certificate that expires in %d s (valid: %s)", (expiresIn, valid, line) => {
  const certificate = { ...upResult.tls!.certificate, expiresIn, valid };
  expect(linesWith({ ...upResult, tls: { ...upResult.tls!, certificate } }, "Certificate")).toEqual([line]);
});

test("a refused upgrade and a close by the server are told", () => {
  const upgrade = { status: 401, subprotocol: "", compression: false, redirects: ["wss://b.example/"] };
  expect(linesWith({ ...upResult, upgrade }, "Upgrade")).toEqual(["Upgrade      401, redirected to wss://b.example/"]);
  const close = { code: 1011, reason: "out of luck", initiator: "server", clean: false } as const;
  expect(linesWith({ ...upResult, close }, "Close")).toEqual([
    'Close        1011 by the server, "out of luck", not clean',
  ]);
});

test("colours change nothing else", () => {
  for (const result of [upResult, refusedResult]) {
    const coloured = renderReport(result, result.name, { width: 80, color: true });
    expect(coloured).toContain(result === upResult ? "\u001B[32m\u001B[1m✓ up" : "\u001B[31m\u001B[1m✗ down");
    expect(stripVTControlCharacters(coloured)).toBe(renderReport(result, result.name, plain));
  }
});

test("what a peer chose cannot control the terminal", () => {
  const evil = "\u001B[2J\u009B1m\r\n\u202E";
  const result: ProbeResult = {
    ...upResult,
    result: "down",
    error: { type: "unexpected_message", phase: "message", message: `got ${evil}` },
    phases: [{ phase: "message", start: 0, duration: 1, detail: evil, error: "unexpected_message" }],
    tls: { ...upResult.tls!, certificate: { ...upResult.tls!.certificate, subject: evil, issuer: evil } },
    upgrade: { status: 101, subprotocol: evil, compression: false, redirects: [evil] },
    close: { code: 4000, reason: evil, initiator: "server", clean: true },
  };
  const report = renderReport(result, result.name, plain);
  expect(report).toMatch(/"\\u\{1b\}\[2J\\u\{9b\}1m\\r\\n\\u\{202e\}"/);
  for (const character of ["\u001B", "\u009B", "\r", "\u202E"]) {
    expect(report).not.toContain(character);
    expect(jsonLine(result)).not.toContain(character);
  }
  expect(jsonLine(result)).not.toContain("\n");
  expect(JSON.parse(jsonLine(result))).toEqual(result);
});
