/** What a synthetic check is told and what it finds. This file holds types only. */

/** The parts of a run, in the order in which they follow each other; a round trip is a `message`. */
export type ProbePhase = "dns" | "connect" | "tls" | "upgrade" | "message" | "close";

/** What a run found: `degraded` where everything worked and a limit of the target was passed. */
export type ProbeOutcome = "up" | "degraded" | "down";

/** A secret that stands elsewhere; it is read for each run and never printed. */
export type SecretSource = { env: string } | { file: string };

/** Which message is expected. */
export type Expectation =
  /** Exactly this text. */
  | { text: string }
  /** Text that contains this. */
  | { contains: string }
  /** Text that matches this regular expression, in the syntax of RE2, whose time is linear in the message's length. */
  | { regex: string }
  /** JSON in which this path (RFC 9535) finds something, or finds `equals`. */
  | { jsonPath: string; equals?: unknown }
  /** A binary message that begins with these bytes, in hexadecimal. */
  | { binaryPrefix: string }
  /** This many messages of any kind. */
  | { count: number };

/** One step of a check. `within` is in milliseconds, by default 5000 or what is left of the run's time. */
export type ProbeStep =
  /** A ping and its pong (RFC 6455 section 5.5.2). */
  | { ping: { within?: number | undefined } }
  /** A text message. */
  | { send: string }
  /** A JSON text message. */
  | { sendJson: unknown }
  /** A binary message, in hexadecimal. */
  | { sendBinary: string }
  /** Waits for a message; others that come before it are passed over. */
  | { expect: Expectation & { within?: number | undefined } }
  /** Does nothing for so many milliseconds. */
  | { wait: number }
  /** Waits for the server to close the connection with this code. Nothing follows it. */
  | { expectClose: { code: number; within?: number | undefined } };

/** TLS of a target. Files are read for each run, so that renewed ones are seen. */
export interface ProbeTls {
  /** PEM file with the authorities to trust instead of those that Node.js trusts. */
  caFile?: string | undefined;
  /** PEM file with the client's certificate; `keyFile` belongs to it. */
  certFile?: string | undefined;
  keyFile?: string | undefined;
  /** Of the key. */
  passphrase?: SecretSource | undefined;
  /** Go on with a certificate that is not valid; it is reported all the same. @default false */
  insecure?: boolean | undefined;
  /** The name that is sent (SNI) and expected in the certificate. @default the host of the URL */
  serverName?: string | undefined;
}

/** Holding a connection instead of closing it after the steps. Times in milliseconds. */
export interface ProbeHold {
  /** For how long; from 1 s to 24 h. */
  duration: number;
  /** Between two pings. @default 1000 */
  pingInterval?: number | undefined;
  /** A text that is sent with each ping. @default none */
  send?: string | undefined;
}

/** What to check, and how. Times in milliseconds. Everything but the URL has a default. */
export interface ProbeTarget {
  /** `ws://` or `wss://`. */
  url: string;
  /** Names the check in output and telemetry; unique. @default host and path of the URL */
  name?: string | undefined;
  /** Header fields of the upgrade request. @default none */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Subprotocols to offer. @default none */
  subprotocols?: readonly string[] | undefined;
  /** The `Origin` header field. @default none */
  origin?: string | undefined;
  /** A bearer token for the `Authorization` header field. @default none */
  bearer?: SecretSource | undefined;
  /** Offer permessage-deflate (RFC 7692). @default true */
  compression?: boolean | undefined;
  /** The family of addresses. @default "any": whichever connects first */
  ip?: "any" | "ipv4" | "ipv6" | undefined;
  /** A DNS server (`192.0.2.1`, `192.0.2.1:5353`) to ask instead of the system's resolver. */
  resolver?: string | undefined;
  /**
   * An HTTP proxy (`http://user:password@host:port`), which opens a tunnel with CONNECT; `false` for none.
   * @default HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY decide
   */
  proxy?: string | false | undefined;
  tls?: ProbeTls | undefined;
  /** How many redirects to follow. @default 0, as browsers */
  maxRedirects?: number | undefined;
  /** Bytes that one message may have. @default 1048576 */
  maxMessageSize?: number | undefined;
  /** For everything but `hold`. @default 10000 */
  timeout?: number | undefined;
  /** @default one ping; `[]` only connects */
  steps?: readonly ProbeStep[] | undefined;
  /** The status that the upgrade is expected to be refused with, such as 401. */
  expectStatus?: number | undefined;
  /** A slower round trip makes the run `degraded`. @default no limit */
  maxRoundTrip?: number | undefined;
  /** A certificate that expires sooner makes the run `degraded`. @default no limit */
  minCertificateLife?: number | undefined;
  /** Keeps the connection. @default it is closed after the steps */
  hold?: ProbeHold | undefined;
}

/** Why a run is not `up`. */
export interface ProbeProblem {
  /** As in `error.type` of the registry. */
  readonly type: string;
  /** The phase in which it showed. */
  readonly phase?: ProbePhase | undefined;
  /** One sentence for people; without secrets. */
  readonly message: string;
}

/** A phase that was begun. Times in seconds. */
export interface PhaseTiming {
  readonly phase: ProbePhase;
  /** Since the start of the run. */
  readonly start: number;
  readonly duration: number;
  /** What it was about, in a few words: an address, `ping`, the status. */
  readonly detail?: string | undefined;
  /** `error.type` where it failed; such a duration is no measurement. */
  readonly error?: string | undefined;
}

/** The certificate of the server. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601; of the first certificate of the chain to expire. */
  readonly expiresAt: string;
  /** Seconds from the run; negative where it has expired. */
  readonly expiresIn: number;
  /** Whether it was accepted. */
  readonly valid: boolean;
}

/** What was measured while a connection was held. Times in seconds. */
export interface StabilityFacts {
  /** How long the target was watched, and for how much of that time it was connected. */
  readonly duration: number;
  readonly connected: number;
  readonly drops: number;
  readonly reconnects: number;
  readonly pings: number;
  readonly missedPongs: number;
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Of the pings that were answered; absent where there was none. */
  readonly roundTrip?: {
    readonly min: number;
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
    /** Mean difference between one round trip and the next. */
    readonly jitter: number;
  };
}

/** Tells a check from the others of a process. */
export interface CheckId {
  readonly name: string;
  /** The family of addresses that it is bound to, if any: two checks of one name may differ in it. */
  readonly ip: "any" | "ipv4" | "ipv6";
}

/** What a run found. Times in seconds. */
export interface ProbeResult extends CheckId {
  /** Without credentials, and with the values of query parameters that carry them replaced. */
  readonly url: string;
  readonly location?: string | undefined;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly duration: number;
  readonly result: ProbeOutcome;
  /** Why the run is `down`, else the first reason why it is `degraded`. */
  readonly error?: ProbeProblem | undefined;
  /** All reasons why it is `degraded`. */
  readonly warnings: readonly ProbeProblem[];
  readonly phases: readonly PhaseTiming[];
  readonly peer?: { readonly address: string; readonly port: number; readonly family: "ipv4" | "ipv6" } | undefined;
  readonly tls?:
    | { readonly protocol: string; readonly cipher: string; readonly certificate: CertificateFacts }
    | undefined;
  /** The last answer to an upgrade request. */
  readonly upgrade?:
    | {
        readonly status: number;
        readonly subprotocol: string;
        readonly compression: boolean;
        /** URLs that redirects led to, without secrets. */
        readonly redirects: readonly string[];
      }
    | undefined;
  readonly close?:
    | {
        readonly code: number;
        readonly reason: string;
        readonly initiator: "client" | "server" | "none";
        readonly clean: boolean;
      }
    | undefined;
  readonly stability?: StabilityFacts | undefined;
  /** The trace of this run, where one was recorded. */
  readonly traceId?: string | undefined;
}
