/** TLS and the secrets of a target, checked. */
import { isIP } from "node:net";
import { flag, group, invalid } from "../core/validate.ts";
import { HIDDEN } from "./target-request.ts";
import type { ProbeTls, SecretSource } from "./types.ts";

/** TLS of a target. */
export interface ResolvedTls {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly passphrase: SecretSource | undefined;
  readonly insecure: boolean;
  readonly serverName: string | undefined;
}

/** @throws TypeError that names `option` */
export function secret(option: string, value: unknown): SecretSource | undefined {
  if (value === undefined) return undefined;
  const mend = 'give { env: "NAME" } or { file: "path" }; secrets do not stand in the configuration itself';
  // Whatever stands here may be the secret.
  const shown = typeof value === "string" ? HIDDEN : value;
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const [entry] = entries;
  const known = entry?.[0] === "env" || entry?.[0] === "file";
  if (entries.length !== 1 || !known || typeof entry[1] !== "string" || entry[1] === "") {
    throw invalid(option, "the place of a secret", shown, mend);
  }
  return entry[0] === "env" ? { env: entry[1] } : { file: entry[1] };
}

/** @throws TypeError that names the option */
export function tlsOptions(value: unknown): ResolvedTls {
  const keys = ["caFile", "certFile", "keyFile", "passphrase", "insecure", "serverName"] as const;
  const tls: ProbeTls = group("tls", value as ProbeTls | undefined, keys, `known ones are ${keys.join(", ")}`) ?? {};
  const file = (name: "caFile" | "certFile" | "keyFile"): string | undefined =>
    text(`tls.${name}`, tls[name], isPath, "the path of a PEM file", "leave it out for none");
  const [certFile, keyFile] = [file("certFile"), file("keyFile")];
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const missing = certFile === undefined ? "certFile" : "keyFile";
    throw invalid(`tls.${missing}`, "certFile and keyFile together", undefined, "give both or neither");
  }
  return {
    caFile: file("caFile"),
    certFile,
    keyFile,
    passphrase: secret("tls.passphrase", tls.passphrase),
    insecure: flag("tls.insecure", tls.insecure, false),
    serverName: text(
      "tls.serverName",
      tls.serverName,
      isHostName,
      "a host name (RFC 6066 section 3)",
      "leave it out for the URL's host",
    ),
  };
}

function text(
  option: string,
  value: unknown,
  accepts: (value: string) => boolean,
  expected: string,
  mend: string,
): string | undefined {
  if (value === undefined || (typeof value === "string" && accepts(value))) return value;
  throw invalid(option, expected, value, mend);
}

function isPath(value: string): boolean {
  return value !== "" && !value.includes("\0");
}

function isHostName(value: string): boolean {
  return /^[A-Za-z0-9_.-]{1,253}$/.test(value) && isIP(value) === 0;
}
