import type { ProbeResult } from "../../../src/probe/types.ts";

/** A run that found nothing wrong, of a `wss` endpoint with a name. */
export const upResult: ProbeResult = {
  name: "chat",
  ip: "any",
  url: "wss://example.com/chat?token=REDACTED",
  startedAt: "2026-11-24T12:00:00.000Z",
  duration: 0.1,
  result: "up",
  warnings: [],
  phases: [
    { phase: "dns", start: 0, duration: 0.0125, detail: "example.com" },
    { phase: "connect", start: 0.0125, duration: 0.0125, detail: "192.0.2.7:443" },
    { phase: "tls", start: 0.025, duration: 0.025, detail: "TLSv1.3" },
    { phase: "upgrade", start: 0.05, duration: 0.025, detail: "101" },
    { phase: "message", start: 0.075, duration: 0.0125, detail: "ping" },
    { phase: "close", start: 0.0875, duration: 0.0125, detail: "code 1000" },
  ],
  peer: { address: "192.0.2.7", port: 443, family: "ipv4" },
  tls: {
    protocol: "TLSv1.3",
    cipher: "TLS_AES_128_GCM_SHA256",
    certificate: {
      subject: "example.com",
      issuer: "Test CA",
      expiresAt: "2027-01-24T12:00:00.000Z",
      expiresIn: 61 * 86_400,
      valid: true,
    },
  },
  upgrade: { status: 101, subprotocol: "chat.v1", compression: true, redirects: [] },
  close: { code: 1000, reason: "", initiator: "client", clean: true },
};

/** A run that found nobody listening, of an endpoint without a name. */
export const refusedResult: ProbeResult = {
  name: "[2001:db8::1]:9001/chat",
  ip: "any",
  url: "ws://[2001:db8::1]:9001/chat",
  startedAt: "2026-11-24T12:00:30.000Z",
  duration: 0.002,
  result: "down",
  error: { type: "ECONNREFUSED", phase: "connect", message: "[2001:db8::1]:9001 refused the connection" },
  warnings: [],
  phases: [{ phase: "connect", start: 0.001, duration: 0.001, detail: "[2001:db8::1]:9001", error: "ECONNREFUSED" }],
};
