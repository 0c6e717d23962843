import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { excerpt } from "../text.ts";
import type { CertificateFacts } from "../types.ts";

/** Chains are short; one that a peer makes may be long, or a circle. */
const MAX_CHAIN = 20;

/** The certificate of the peer; `undefined` where it sent none. */
export function certificateFacts(socket: TLSSocket): CertificateFacts | undefined {
  const leaf = socket.getPeerCertificate(true);
  // Without a certificate this is an empty object.
  if ((leaf as Partial<DetailedPeerCertificate>).valid_to === undefined) return undefined;
  const expires = Math.min(
    ...chain(leaf)
      .map(({ valid_to: end }) => Date.parse(end))
      .filter(Number.isFinite),
  );
  return {
    subject: distinguishedName(leaf.subject),
    issuer: distinguishedName(leaf.issuer),
    expiresAt: Number.isFinite(expires) ? new Date(expires).toISOString() : new Date(0).toISOString(),
    expiresIn: Number.isFinite(expires) ? (expires - Date.now()) / 1000 : 0,
    valid: socket.authorized,
  };
}

function chain(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const certificates = new Set<DetailedPeerCertificate>();
  let current: DetailedPeerCertificate | undefined = leaf;
  while (current !== undefined && !certificates.has(current) && certificates.size < MAX_CHAIN) {
    certificates.add(current);
    current = current.issuerCertificate as DetailedPeerCertificate | undefined;
  }
  return [...certificates];
}

/** The names for which a certificate is, for people. */
export function certificateNames(socket: TLSSocket): string {
  const { subjectaltname, subject } = socket.getPeerCertificate() as Partial<DetailedPeerCertificate>;
  if (subjectaltname === undefined && subject === undefined) return "";
  return `: it is for ${excerpt(subjectaltname ?? distinguishedName(subject))}`;
}

/** RFC 4514, in the order in which it is in the certificate. */
function distinguishedName(name: object | undefined): string {
  const parts = Object.entries(name ?? {}).map(([key, value]) => `${key}=${[value].flat().join("+")}`);
  return excerpt(parts.join(", "), 256);
}
