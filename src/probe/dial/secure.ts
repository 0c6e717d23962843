/** TLS over a connected socket. */
import type { Socket } from "node:net";
import { isIP } from "node:net";
import { checkServerIdentity, connect, createSecureContext } from "node:tls";
import type { PeerCertificate, SecureContext, TLSSocket } from "node:tls";
import { onAbort } from "../limit.ts";
import { ProbeFailure, transportFailure } from "../problem.ts";
import { readText } from "../secrets.ts";
import type { Secrets } from "../secrets.ts";
import type { ResolvedTls } from "../target-tls.ts";
import type { Sockets } from "./sockets.ts";

/** The authorities and the certificate of a target, read now. @throws ProbeFailure that names the file */
export async function secureContext(
  { caFile, certFile, keyFile, passphrase }: ResolvedTls,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<SecureContext> {
  const read = async (file: string | undefined): Promise<string | undefined> =>
    file === undefined ? undefined : readText(file, signal);
  const [ca, cert, key] = await Promise.all([read(caFile), read(certFile), read(keyFile)]);
  const phrase = passphrase === undefined ? undefined : await secrets.read(passphrase, signal);
  // Node.js takes text that holds no certificate for no authorities at all.
  if (ca !== undefined && !ca.includes("-----BEGIN")) throw unusable(`the file ${caFile} holds no certificate in PEM`);
  try {
    return createSecureContext({ ca, cert, key, passphrase: phrase });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const files = [caFile, certFile, keyFile].filter((file) => file !== undefined).join(", ");
    const hint = /KEY_VALUES_MISMATCH/.test(code ?? "")
      ? "the key does not belong to the certificate"
      : "they are no PEM files, or the passphrase is missing or wrong";
    throw unusable(`TLS cannot be set up with ${files}: ${hint} (${code ?? "no code"})`);
  }
}

function unusable(message: string): ProbeFailure {
  return new ProbeFailure("tls_error", "tls", message);
}

/**
 * Shakes hands; whether the certificate is accepted is the caller's to decide, so that it is known in any case.
 * `name` is what the certificate has to be for.
 */
export function secure(
  socket: Socket,
  name: string,
  where: string,
  context: SecureContext | undefined,
  sockets: Sockets,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = sockets.add(
      connect({
        socket,
        // Against which the certificate is checked where there is no SNI: addresses are not sent (RFC 6066 section 3).
        host: name,
        servername: isIP(name) === 0 ? name : "",
        checkServerIdentity: identityProblem,
        rejectUnauthorized: false,
        ALPNProtocols: ["http/1.1"],
        ...(context !== undefined && { secureContext: context }),
      }),
      socket,
    );
    const done = onAbort(signal, (reason) => {
      tls.destroy();
      reject(reason);
    });
    tls.once("secureConnect", () => {
      done();
      resolve(tls);
    });
    tls.once("error", (error) => {
      done();
      reject(transportFailure(error, "tls", where));
    });
  });
}

/** Why the certificate is for another name. Some releases of Node.js 22 find no IPv6 address in one. */
function identityProblem(name: string, certificate: PeerCertificate): Error | undefined {
  const problem = checkServerIdentity(name, certificate);
  if (problem === undefined || isIP(name) !== 6) return problem;
  const names = certificate.subjectaltname?.split(", ") ?? [];
  const addresses = names.flatMap((entry) => /^IP Address:(.*)$/.exec(entry)?.[1] ?? []);
  return addresses.some((address) => isIP(address) === 6 && canonical(address) === canonical(name))
    ? undefined
    : problem;
}

/** The one way of writing an IPv6 address (RFC 5952). */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname;
}

/** The code of the verification where a certificate was not accepted. */
export function verificationCode(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined;
  // Typed as an error, and a string.
  const error = socket.authorizationError as unknown;
  return typeof error === "string" ? error : ((error as NodeJS.ErrnoException | null)?.code ?? "unknown");
}
