import { readFileSync } from "node:fs";
import type { ProbeStep, ProbeTarget } from "../../../src/probe/types.ts";

/**
 * A target in the words of the configuration that other languages read, too. Values that begin with `$` stand for an entry
 * of the line that the servers' process prints.
 */
interface NeutralTarget {
  timeout?: string;
  resolver?: string;
  proxy_url?: string;
  tls?: { ca_file?: string; insecure_skip_verify?: boolean };
  message?: { send?: string; expect: { text: string }; timeout?: string };
  expect_status?: number;
  expect_close?: number;
  max_redirects?: number;
  max_message_size?: number;
}

/** What a check of a server finds, as `misbehaviours.json` says it. */
export interface Misbehaviour {
  readonly result: "up" | "degraded" | "down";
  readonly phase?: string;
  readonly errorType?: string;
  readonly target?: NeutralTarget;
}

/** By the names of the servers. */
export const misbehaviours: Readonly<Record<string, Misbehaviour>> = JSON.parse(
  readFileSync(new URL("../misbehaviours.json", import.meta.url), "utf8"),
) as Record<string, Misbehaviour>;

/** The target for `name`; `places` is what the servers' process printed. */
export function targetOf(name: string, places: Readonly<Record<string, string>>): ProbeTarget {
  const { target = {} } = misbehaviours[name]!;
  const { tls, message, timeout } = target;
  const place = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : places[text.slice(1)];
  const steps: ProbeStep[] = [];
  if (message?.send !== undefined) steps.push({ send: message.send });
  if (message !== undefined) steps.push({ expect: { ...message.expect, within: milliseconds(message.timeout) } });
  if (target.expect_close !== undefined) steps.push({ expectClose: { code: target.expect_close } });
  return {
    url: places[name]!,
    timeout: milliseconds(timeout),
    resolver: place(target.resolver),
    proxy: place(target.proxy_url) ?? false,
    ...(tls !== undefined && { tls: { caFile: place(tls.ca_file), insecure: tls.insecure_skip_verify } }),
    maxRedirects: target.max_redirects,
    maxMessageSize: target.max_message_size,
    expectStatus: target.expect_status,
    ...(steps.length > 0 && { steps }),
  };
}

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits] = /^(\d+)ms$/.exec(text) ?? [];
  if (digits === undefined) throw new TypeError(`expected a duration such as "500ms", got "${text}"`);
  return Number(digits);
}
