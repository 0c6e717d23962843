/** Errors of TLS and certificates, by their codes. */

/** Verification codes of OpenSSL and Node.js with a meaning of their own; every other one is about trust. */
const CERTIFICATE: ReadonlyMap<string, { type: string; message: string }> = new Map([
  ["CERT_HAS_EXPIRED", { type: "certificate_expired", message: "has expired, or one of its chain has" }],
  ["CERT_NOT_YET_VALID", { type: "certificate_not_yet_valid", message: "is not valid yet; look at the clocks" }],
  ["ERR_TLS_CERT_ALTNAME_INVALID", { type: "certificate_name_mismatch", message: "is for another name" }],
  ["HOSTNAME_MISMATCH", { type: "certificate_name_mismatch", message: "is for another name" }],
  [
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    { type: "certificate_untrusted", message: "is self-signed; name its authority in tls.caFile to trust it" },
  ],
  [
    "SELF_SIGNED_CERT_IN_CHAIN",
    { type: "certificate_untrusted", message: "ends at an authority that is not trusted; name it in tls.caFile" },
  ],
  [
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    {
      type: "certificate_untrusted",
      message: "cannot be followed to a trusted authority; name it in tls.caFile, or let the server send its chain",
    },
  ],
  [
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    {
      type: "certificate_untrusted",
      message: "cannot be followed to a trusted authority; name it in tls.caFile, or let the server send its chain",
    },
  ],
  ["CERT_REVOKED", { type: "certificate_untrusted", message: "was revoked" }],
]);

/** What a code of the verification means. */
export function certificateProblem(code: string): { type: string; message: string } {
  return CERTIFICATE.get(code) ?? { type: "certificate_untrusted", message: `is not trusted (${code})` };
}

/** What is to be looked at, by a part of OpenSSL's reason. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH|UNKNOWN_PROTOCOL/,
    "does not speak TLS; the URL may have to be ws://",
  ],
  [/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE.*CERT/, "asks for a client certificate; give tls.certFile and tls.keyFile"],
  [
    /BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNKNOWN_CA|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED/,
    "refused the client's certificate",
  ],
  [/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/, "has no TLS version in common with the check, which needs TLS 1.2"],
  [/UNRECOGNIZED_NAME/, "does not know the name that was sent (SNI); look at tls.serverName"],
  [/NO_APPLICATION_PROTOCOL/, "does not speak HTTP/1.1 there (ALPN)"],
  [
    /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|NO_CIPHERS/,
    "has no cipher or group in common with the check, or asks for a client certificate",
  ],
];

/** Whether an error is of OpenSSL or of Node's TLS. */
export function isTlsError(error: unknown): boolean {
  const { code, library } = (error ?? {}) as { code?: unknown; library?: unknown };
  return typeof code === "string" && (/^ERR_(?:SSL|TLS|OSSL)_/.test(code) || (code === "EPROTO" && library !== "http"));
}

/** What went wrong about TLS, after the peer's name. */
export function tlsProblem(error: unknown): string {
  const { code, reason } = error as { code: string; reason?: unknown };
  const said = `${code} ${typeof reason === "string" ? reason.toUpperCase().replaceAll(" ", "_") : ""}`;
  const known = REASONS.find(([pattern]) => pattern.test(said));
  return known === undefined ? `failed the TLS handshake (${code})` : `${known[1]} (${code})`;
}
