/** The only place where errors become `error.type` and a sentence: of Node.js, of OpenSSL, of `ws`. */
import { isRegisteredCloseCode } from "../core/close.ts";
import { OTHER } from "../core/bounded.ts";
import { certificateProblem, isTlsError, tlsProblem } from "./tls-problem.ts";
import { duration, excerpt } from "./text.ts";
import type { ProbePhase } from "./types.ts";

/** Why a run is `down`, thrown. */
export class ProbeFailure extends Error {
  override readonly name = "ProbeFailure";
  readonly type: string;
  readonly phase: ProbePhase | undefined;
  /** What the observer of the connection takes for `error.type` of its spans. */
  readonly code: string;

  constructor(type: string, phase: ProbePhase | undefined, message: string, code?: string) {
    super(message);
    this.type = type;
    this.phase = phase;
    this.code = code ?? (type.endsWith("_timeout") ? "ETIMEDOUT" : type.toUpperCase());
  }

  /** The same as it shows in another phase. */
  within(phase: ProbePhase): ProbeFailure {
    return phase === this.phase ? this : new ProbeFailure(this.type, phase, this.message, this.code);
  }
}

/** Codes of system and DNS errors; those of Node.js, OpenSSL and `ws` have an underscore. */
const SYSTEM_CODE = /^E(?:AI_)?[A-Z0-9]{2,20}$/;

/** What is to be looked at, for the codes that people meet. */
const SYSTEM: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection; nothing listens there, or a firewall rejects it",
  ECONNRESET: "reset the connection",
  ECONNABORTED: "aborted the connection",
  EPIPE: "closed the connection while something was sent",
  ETIMEDOUT: "did not answer; packets are lost on the way, or a firewall drops them",
  EHOSTUNREACH: "cannot be reached: no route to the host",
  ENETUNREACH: "cannot be reached: no route to the network",
  EADDRNOTAVAIL: "cannot be reached from here: no local address or port is left for it",
  EACCES: "may not be reached: this system forbids it",
  EPERM: "may not be reached: this system forbids it",
  EMFILE: "was not tried: this process has too many open files",
  ENFILE: "was not tried: this system has too many open files",
  EAFNOSUPPORT: "has an address of a family that the check does not allow or the system does not support",
};

/** A failure of the transport to `where`, an address or a name. */
export function transportFailure(error: unknown, phase: ProbePhase, where: string): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const { code, message } = parts(error);
  if (isTlsError(error)) return new ProbeFailure("tls_error", phase, `${where} ${tlsProblem(error)}`, code);
  // Node.js says so where the peer ended the connection before it answered; a reset names the system call.
  if (code === "ECONNRESET" && (error as NodeJS.ErrnoException).syscall === undefined) {
    return new ProbeFailure("connection_lost", phase, `${where} closed the connection before it had answered`, code);
  }
  if (SYSTEM_CODE.test(code)) {
    return new ProbeFailure(code, phase, `${where} ${SYSTEM[code] ?? `failed with ${code}`}`, code);
  }
  return new ProbeFailure(OTHER, phase, `${where}: ${excerpt(message)}`, code);
}

/** A failure to resolve `host`. */
export function lookupFailure(error: unknown, host: string, server: string | undefined): ProbeFailure {
  const { code, message } = parts(error);
  const by = server === undefined ? "" : ` by ${server}`;
  const says = (what: string, type = code): ProbeFailure =>
    new ProbeFailure(type, "dns", `${host} was not resolved${by}: ${what}`, code);
  switch (code) {
    case "ENOTFOUND":
    case "ENODATA":
    case "EAI_NODATA":
    case "EAI_NONAME":
      return says("no such name, or it has no address of the family that is asked for");
    case "ETIMEOUT":
      return says("the DNS server did not answer", "dns_timeout");
    case "EAI_AGAIN":
      return says("the system's DNS servers cannot be reached or did not answer");
    case "ESERVFAIL":
      return says("the DNS server failed (SERVFAIL)");
    case "EREFUSED":
      return says("the DNS server refused the question");
    case "ECONNREFUSED":
      return says("nothing listens at the DNS server's address");
    default:
      return SYSTEM_CODE.test(code) ? says(code) : says(excerpt(message), OTHER);
  }
}

/** What did not come about where a phase took too long. */
const LATE: Readonly<Record<ProbePhase, string>> = {
  dns: "was not resolved",
  connect: "did not accept a connection (packets are lost on the way, or a firewall drops them)",
  tls: "did not complete the TLS handshake",
  upgrade: "did not answer the upgrade request (something on the way may not know WebSocket)",
  message: "did not get through the steps",
  close: "did not get through the close",
};

/** The run's time ended in a phase that was about `where`; `what` did not come about. */
export function lateFailure(
  phase: ProbePhase | undefined,
  where: string,
  milliseconds: number,
  what?: string,
): ProbeFailure {
  const time = `within the ${duration(milliseconds)} of the check`;
  if (phase === undefined) {
    return new ProbeFailure(
      OTHER,
      phase,
      `nothing came about ${time}: a file is slow to read, or this process is too busy`,
    );
  }
  const type = phase === "close" ? "message_timeout" : `${phase}_timeout`;
  return new ProbeFailure(type, phase, `${where} ${what ?? LATE[phase]} ${time}`);
}

/** The run was stopped. */
export function abortedFailure(phase: ProbePhase | undefined): ProbeFailure {
  return new ProbeFailure("aborted", phase, "the run was stopped", "ABORT_ERR");
}

/** A certificate that was not accepted; `code` is OpenSSL's or that of Node.js. */
export function certificateFailure(code: string, where: string, names: string): ProbeFailure {
  const { type, message } = certificateProblem(code);
  return new ProbeFailure(type, "tls", `the certificate of ${where} ${message}${names}`, code);
}

/**
 * What `ws` says where a response does not complete the handshake: it has no codes for that (lib/websocket.js,
 * `req.on("upgrade")`). Texts that it does not know become `invalid_response`, which is true for all of them.
 */
const HANDSHAKE: ReadonlyMap<string, string> = new Map([
  ["Invalid Upgrade header", "a 101 response without `Upgrade: websocket`"],
  ["Server sent a subprotocol but none was requested", "a subprotocol that was not asked for"],
  ["Server sent an invalid subprotocol", "a subprotocol that was not offered"],
  ["Server sent no subprotocol", "no subprotocol, although the check offers some"],
  [
    "Server sent a Sec-WebSocket-Extensions header but no extension was requested",
    "an extension that was not asked for",
  ],
  ["Server indicated an extension that was not requested", "an extension that was not asked for"],
  ["Invalid Sec-WebSocket-Extensions header", "a Sec-WebSocket-Extensions header field that is not valid"],
]);
const INVALID_ACCEPT = "Invalid Sec-WebSocket-Accept header";

/** A failure between the request and its response. */
export function upgradeFailure(error: unknown, where: string, answered: boolean): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const { code, message } = parts(error);
  if (code.startsWith("HPE_")) {
    // The rest of the parser's message quotes the peer's bytes.
    const [what = ""] = message.replace(/^Parse Error:\s*/, "").split("\n", 1);
    return invalidResponse(where, `something else than an HTTP response (${excerpt(what, 80)})`);
  }
  if (message === INVALID_ACCEPT) {
    const said = "a Sec-WebSocket-Accept header field that is not the answer to the key; a cache or another proxy may";
    return new ProbeFailure("invalid_accept", "upgrade", `${where} answered with ${said} have answered`);
  }
  const said = HANDSHAKE.get(message);
  if (said !== undefined) return invalidResponse(where, said);
  return answered && code === "" ? invalidResponse(where, excerpt(message)) : transportFailure(error, "upgrade", where);
}

/** A response that does not complete the handshake. */
export function invalidResponse(where: string, said: string): ProbeFailure {
  return new ProbeFailure("invalid_response", "upgrade", `${where} answered with ${said}`);
}

/** How an open connection ended. */
export interface Ending {
  /** 1006 where no close frame was received. */
  readonly code: number;
  readonly reason: string;
  /** Of `ws` or the transport. */
  readonly error?: unknown;
}

/** An open connection that ended, or broke, when it was needed. */
export function endingFailure({ code, reason, error }: Ending, phase: ProbePhase, where: string): ProbeFailure {
  if (error !== undefined) return brokenFailure(error, phase, where);
  if (code === 1006) {
    const message = `${where} ended the transport without a close frame; a proxy or a crash may be behind it`;
    return new ProbeFailure("connection_lost", phase, message);
  }
  const said = reason === "" ? "" : ` and the reason "${excerpt(reason)}"`;
  const type = isRegisteredCloseCode(code) ? String(code) : "unexpected_close";
  return new ProbeFailure(type, phase, `${where} closed the connection with ${closeCode(code)}${said}`);
}

/** A close code for people. */
export function closeCode(code: number): string {
  return code === 1005 ? "no code" : `code ${code}`;
}

/** Codes of `ws` (lib/receiver.js) for messages that are larger than allowed. */
const TOO_LARGE: ReadonlySet<string> = new Set([
  "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
  "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
  "WS_ERR_TOO_MANY_BUFFERED_PARTS",
]);

function brokenFailure(error: unknown, phase: ProbePhase, where: string): ProbeFailure {
  const { code, message } = parts(error);
  if (TOO_LARGE.has(code)) {
    const said = `${where} sent a message that is larger than maxMessageSize allows, or of too many fragments`;
    return new ProbeFailure("message_too_large", phase, said, code);
  }
  // Data that does not inflate breaks RFC 7692, which is part of the protocol once it was negotiated.
  if (code.startsWith("WS_ERR_") || code.startsWith("Z_")) {
    const said = excerpt(message.replace(/^Invalid WebSocket frame: /, ""));
    return new ProbeFailure("protocol_error", phase, `${where} broke the protocol: ${said}`, code);
  }
  return transportFailure(error, phase, where);
}

/** Anything else that is thrown. */
export function anyFailure(error: unknown, phase: ProbePhase | undefined): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const { code, message } = parts(error);
  return new ProbeFailure(SYSTEM_CODE.test(code) ? code : OTHER, phase, excerpt(message, 300), code);
}

function parts(error: unknown): { code: string; message: string } {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return {
    code: typeof code === "string" ? code : "",
    message: typeof message === "string" ? message : String(error),
  };
}
