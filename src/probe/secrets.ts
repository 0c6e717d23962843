import { readFile } from "node:fs/promises";
import { redactQuery } from "../telemetry/redact.ts";
import { ProbeFailure, anyFailure } from "./problem.ts";
import { decoded } from "./text.ts";
import type { SecretSource } from "./types.ts";

/** Shorter ones would blacken ordinary text, and are no secrets. */
const LEAST = 6;
const REDACTED = "REDACTED";

/**
 * The secrets of one run: read where they stand, and taken out of whatever is shown, because servers repeat in their
 * messages what they were sent.
 */
export class Secrets {
  readonly #values = new Set<string>();

  /** @throws ProbeFailure that names the place, where there is none */
  async read(source: SecretSource, signal: AbortSignal): Promise<string> {
    const value = "env" in source ? process.env[source.env] : await readText(source.file, signal);
    // Files end with a line break as a rule.
    const secret = value?.replace(/\r?\n$/, "");
    if (secret === undefined || secret === "") {
      const place = "env" in source ? `the environment variable ${source.env}` : `the file ${source.file}`;
      const what = secret === undefined ? "is not set" : "is empty";
      throw new ProbeFailure("_OTHER", undefined, `${place}, which holds a secret of this check, ${what}`);
    }
    this.add(secret);
    return secret;
  }

  /** Those of an upgrade request: its user, and what stands in header fields and parameters for secrets. */
  addRequest(url: URL, headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      // Without the scheme, such as `Bearer`; servers may repeat single cookies.
      if (isSecretField(name)) for (const part of value.replace(/^\w+ /, "").split(/[;,]\s*/)) this.add(part);
    }
    for (const [name, value] of url.searchParams) {
      if (redactQuery(`${name}=`) !== `${name}=`) this.add(value);
    }
    if (url.password === "") return;
    const password = decoded(url.password);
    this.add(password);
    this.add(Buffer.from(`${decoded(url.username)}:${password}`).toString("base64"));
  }

  add(secret: string): void {
    if (secret.length >= LEAST) this.#values.add(secret);
  }

  /** Text without the secrets. */
  hide(text: string): string {
    let shown = text;
    for (const value of this.#values) shown = shown.replaceAll(value, REDACTED);
    return shown;
  }
}

/** Whether a header field holds a secret, by its name. */
export function isSecretField(name: string): boolean {
  return /auth|cookie|token|secret|key|pass|session|credential|signature/i.test(name);
}

/** A file of the operator's. @throws ProbeFailure that names it */
export async function readText(file: string, signal: AbortSignal): Promise<string> {
  try {
    return await readFile(file, { encoding: "utf8", signal });
  } catch (error) {
    signal.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw anyFailure(error, undefined);
    const what: Readonly<Record<string, string>> = {
      ENOENT: "does not exist",
      EACCES: "may not be read",
      EISDIR: "is a directory",
    };
    throw new ProbeFailure(code, undefined, `the file ${file} ${what[code] ?? `could not be read (${code})`}`);
  }
}
