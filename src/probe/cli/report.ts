import { draw } from "../../cli/cells.ts";
import type { Cell, Look } from "../../cli/cells.ts";
import type { ProbeProblem, ProbeResult } from "../types.ts";
import { looks, outcomeCell, problemsOf } from "./outcome.ts";
import { count, elapsed, expiry, percent, time, wrap } from "./units.ts";
import { waterfall } from "./waterfall.ts";

type Line = readonly Cell[];

const familyNames = { ipv4: "IPv4", ipv6: "IPv6" } as const;
const labelWidth = 13;

/** What a run found, for people; `label` is its name with what tells it from others of this name. */
export function renderReport(result: ProbeResult, label: string, look: Look): string {
  const facts = [peer(result), ...tls(result), upgrade(result), close(result), ...stability(result)];
  const known = facts.filter((line): line is Line => line !== undefined);
  const phases = waterfall(result.phases, look.width);
  const lines: Line[] = [
    ...headline(result, label),
    ...problemsOf(result).flatMap((problem) => sentence(problem, result, look.width)),
    ...block(known),
    ...block(phases),
    ...block(result.traceId === undefined ? [] : [fact("Trace", { text: result.traceId })]),
  ];
  // Facts are for copying and are not cut; what is drawn has the right width already.
  return lines.map((line) => draw(line, { ...look, width: Infinity })).join("\n");
}

function headline({ name, url, result, duration, location }: ProbeResult, label: string): Line[] {
  // A check that has no name is called by its URL, without the scheme and the query.
  const isNamed = !url.replace(/^wss?:\/\//, "").startsWith(name);
  const first: Line = [
    outcomeCell(result),
    { text: `  ${isNamed ? label : url + label.slice(name.length)}`, style: "bold" },
    { text: `  ${time(duration)}` },
    ...(location === undefined ? [] : [{ text: `  from ${location}`, style: "dim" as const }]),
  ];
  return isNamed ? [first, [{ text: `  ${url}`, style: "dim" }]] : [first];
}

function sentence(problem: ProbeProblem, { result }: ProbeResult, width: number): Line[] {
  const { type, phase, message } = problem;
  const isReason = result === "down" && phase !== undefined;
  const { style } = looks[result === "down" ? "down" : "degraded"];
  const lines = wrap(message, width - 2).map((text): Line => [{ text: `  ${text}`, style }]);
  return [...lines, [{ text: `  error.type=${type}${isReason ? ` phase=${phase}` : ""}`, style: "dim" }]];
}

/** Lines below an empty one, where there are any. */
function block(lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [[], ...lines];
}

function fact(label: string, ...cells: readonly Cell[]): Line {
  return [{ text: `  ${label.padEnd(labelWidth)}`, style: "dim" }, ...cells];
}

function peer({ peer }: ProbeResult): Line | undefined {
  if (peer === undefined) return undefined;
  const { address, port, family } = peer;
  const shown = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return fact("Peer", { text: `${shown} (${familyNames[family]})` });
}

function tls({ tls, error, warnings }: ProbeResult): Line[] {
  if (tls === undefined) return [];
  const { subject, issuer, expiresAt, expiresIn, valid } = tls.certificate;
  const isBad = !valid || expiresIn < 0;
  const isSoon = [error, ...warnings].some((problem) => problem?.type === "certificate_expiry");
  return [
    fact("TLS", { text: `${tls.protocol}, ${tls.cipher}` }),
    fact(
      "Certificate",
      {
        text: `${expiry(expiresIn)} (${expiresAt.slice(0, 10)})`,
        style: isBad ? "red" : isSoon ? "yellow" : undefined,
      },
      ...(valid ? [] : [{ text: ", not valid", style: "red" as const }]),
    ),
    fact("", { text: `${subject}, by ${issuer}`, style: "dim" }),
  ];
}

function upgrade({ upgrade }: ProbeResult): Line | undefined {
  if (upgrade === undefined) return undefined;
  const { status, subprotocol, compression, redirects } = upgrade;
  const negotiated = [
    subprotocol === "" ? "no subprotocol" : `subprotocol ${subprotocol}`,
    compression ? "permessage-deflate" : "no compression",
  ];
  const path = redirects.map((url) => `, redirected to ${url}`).join("");
  return fact("Upgrade", { text: `${[status, ...(status === 101 ? negotiated : [])].join(", ")}${path}` });
}

function close({ close }: ProbeResult): Line | undefined {
  if (close === undefined) return undefined;
  const { code, reason, initiator, clean } = close;
  const by = { client: "by this client", server: "by the server", none: "by nobody" }[initiator];
  const parts = [`${code} ${by}`, ...(reason === "" ? [] : [`"${reason}"`]), ...(clean ? [] : ["not clean"])];
  return fact("Close", { text: parts.join(", "), style: clean ? undefined : "yellow" });
}

function stability({ stability }: ProbeResult): Line[] {
  if (stability === undefined) return [];
  const { duration, connected, drops, reconnects, pings, missedPongs, roundTrip } = stability;
  const share = duration > 0 ? Math.min(1, connected / duration) : 0;
  const lines = [
    fact(
      "Held",
      { text: `${elapsed(duration)}, connected ${percent(share)}` },
      { text: `, ${count(drops, "drop")}`, style: drops > 0 ? "red" : undefined },
      { text: `, ${count(reconnects, "reconnect")}`, style: reconnects > 0 ? "yellow" : undefined },
    ),
    fact(
      "Pings",
      { text: String(pings) },
      { text: `, ${missedPongs} missed`, style: missedPongs > 0 ? "yellow" : undefined },
      {
        text: `; messages: ${stability.messagesSent} sent, ${stability.messagesReceived} received`,
        style: "dim",
      },
    ),
  ];
  if (roundTrip === undefined) return lines;
  const { p50, p90, p99, max, jitter } = roundTrip;
  const values = { p50, p90, p99, max, jitter };
  const text = Object.entries(values)
    .map(([name, seconds]) => `${name} ${time(seconds)}`)
    .join(", ");
  return [...lines, fact("Round trip", { text })];
}
