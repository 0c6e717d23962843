import * as connecting from "./connect.ts";
import * as dns from "./dns.ts";
import * as ends from "./ends.ts";
import * as frames from "./frames.ts";
import * as http from "./http.ts";
import * as large from "./large.ts";
import * as messages from "./messages.ts";
import { peerServer } from "./peer.ts";
import * as proxies from "./proxies.ts";
import * as redirects from "./redirects.ts";
import * as tls from "./tls.ts";
import { closing } from "./wire.ts";
import type { Start } from "./wire.ts";

const withoutField = (field: string): Start => http.spoilt((head) => head.replace(new RegExp(`${field}: .*\r\n`), ""));

/** All servers, most of which misbehave; `misbehaviours.json` says what a check of each finds. */
export const servers: Readonly<Record<string, Start>> = {
  good: async () => peerServer({}),
  good_ipv6: async () => peerServer({}, { host: "::1" }),

  dns_nxdomain: dns.nxdomain,
  dns_servfail: dns.servfail,
  dns_silent: dns.silent,
  dns_addressless: dns.addressless,
  dns_good: dns.resolvable,

  refused: connecting.refused,
  backlog_full: connecting.full,
  reset_at_once: connecting.resetAtOnce,

  proxy_good: proxies.through,
  proxy_to_tls: proxies.throughToTls,
  proxy_tls: proxies.throughTls,
  proxy_407: proxies.unauthorized,
  proxy_502: proxies.badGateway,
  proxy_hang: proxies.hang,
  proxy_end: proxies.end,
  proxy_garbage: proxies.garbage,
  proxy_reset: proxies.reset,

  tls_good: tls.secure("good"),
  tls_slow: tls.slow(300),
  tls_hang: tls.hang,
  tls_reset: tls.reset,
  tls_end: tls.end,
  tls_alert: tls.alert,
  tls_plain: tls.plain,
  tls_as_plain: tls.asPlain,
  tls_alert_as_plain: tls.alertAsPlain,
  tls_page: tls.page,
  tls_expired: tls.secure("expired"),
  tls_not_yet_valid: tls.secure("not-yet-valid"),
  tls_untrusted: tls.secure("good"),
  tls_insecure: tls.secure("expired"),
  tls_wrong_name: tls.secure("wrong-name"),
  tls_self_signed: tls.secure("self-signed"),
  tls_intermediate: tls.secure("intermediate-expires-first"),
  tls_client_certificate: tls.wantsClientCertificate("TLSv1.3"),
  tls12_client_certificate: tls.wantsClientCertificate("TLSv1.2"),

  upgrade_hang: http.hang,
  upgrade_half: http.halfResponse,
  upgrade_drip: http.drip,
  upgrade_header_flood: http.headerFlood,
  upgrade_ssh: http.ssh,
  upgrade_end: http.endBeforeResponse,
  upgrade_end_half: http.endInResponse,
  upgrade_reset: http.resetBeforeResponse,
  upgrade_reset_half: http.resetInResponse,
  upgrade_page: http.page,
  upgrade_200: http.status(200, "<!doctype html>"),
  upgrade_400: http.status(400),
  upgrade_401: http.status(401),
  upgrade_403: http.status(403),
  upgrade_404: http.status(404),
  upgrade_426: http.status(426),
  upgrade_503: http.status(503),
  upgrade_401_expected: http.status(401),
  upgrade_403_unexpected: http.status(403),
  upgrade_not_refused: async () => peerServer({}),
  accept_wrong: http.spoilt((head) => head.replace(/Accept: .*\r\n/, "Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")),
  accept_missing: withoutField("Sec-WebSocket-Accept"),
  upgrade_field_missing: withoutField("Upgrade"),
  connection_field_missing: withoutField("Connection"),
  subprotocol_unasked: http.spoilt((head) => head, ["Sec-WebSocket-Protocol: chat"]),
  extension_unasked: http.spoilt((head) => head, ["Sec-WebSocket-Extensions: x-unasked"]),

  redirect_once: redirects.redirected,
  redirect_unfollowed: redirects.redirected,
  redirect_endless: redirects.endless,
  redirect_downgrade: redirects.downgrade,
  redirect_broken: redirects.to("ws://[broken"),
  redirect_to_ftp: redirects.to("ftp://127.0.0.1/"),
  redirect_nowhere: redirects.nowhere,

  reset_when_open: ends.resetWhenOpen,
  reset_in_message: ends.resetInMessage,
  end_when_open: ends.endWhenOpen,
  end_at_message: ends.endAtMessage,
  end_in_message: ends.endInMessage,

  pong_never: messages.pongNever,
  pong_other: messages.pongOther,
  pong_late: messages.pongLate(300),
  pong_flood: messages.pongFlood,
  answer_wrong: messages.answers("goodbye"),
  answer_none: messages.silent,
  answer_late: messages.late(300),
  chatty: messages.chatty,
  message_flood: messages.flood,

  large_frame: large.inOneFrame,
  large_fragments: async () => large.inFragments(),
  large_tiny_fragments: async () => large.inFragments(16),
  large_compressed: large.compressed,

  frame_masked: frames.masked,
  frame_reserved_opcode: frames.reservedOpcode,
  frame_reserved_bits: frames.reservedBits,
  frame_invalid_text: frames.invalidText,
  frame_lone_continuation: frames.loneContinuation,
  frame_large_ping: frames.largePing,
  frame_fragmented_ping: frames.fragmentedPing,
  frame_interleaved: frames.interleaved,
  frame_impossible_length: frames.impossibleLength,

  close_1000: ends.closes(1000),
  close_1001: ends.closes(1001, "going away"),
  close_1008: ends.closes(1008),
  close_1011: ends.closes(1011),
  close_1013: ends.closes(1013),
  close_3000: ends.closes(3000),
  close_4000: ends.closes(4000, "go away"),
  close_when_open: ends.closesWhenOpen(1008),
  close_without_code: ends.closesWith(Buffer.alloc(0)),
  close_1005: ends.closes(1005),
  close_1006: ends.closes(1006),
  close_999: ends.closes(999),
  close_half_code: ends.closesWith(Buffer.from([3])),
  close_invalid_text: ends.closesWith(closing(1000, Buffer.from([0xc3, 0x28]))),
  close_expected: ends.closesWhenOpen(4001),
  close_unexpected: ends.closesWhenOpen(1001),
  close_not_coming: messages.silent,
  close_unanswered: ends.closeUnanswered,
  close_by_end: ends.closeByEnd,
  close_by_reset: ends.closeByReset,
  close_otherwise: ends.closeOtherwise,
  close_keeps_transport: ends.closeKeepsTransport,
};
