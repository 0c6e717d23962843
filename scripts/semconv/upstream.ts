import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as stable from "@opentelemetry/semantic-conventions";
import * as incubating from "@opentelemetry/semantic-conventions/incubating";

/** An attribute of OpenTelemetry's own registry. */
export interface UpstreamAttribute {
  readonly key: string;
  readonly constant: string;
  readonly stable: boolean;
  /** First paragraph of upstream's description. */
  readonly brief: string;
  /** Constants of well-known values (`NETWORK_TYPE_VALUE_IPV4`) with the values. */
  readonly values: Readonly<Record<string, string>>;
}

const PREFIX = "ATTR_";

/**
 * Types of the upstream attributes that we use; upstream's JavaScript package does not state them.
 * The checker reports a reference to an attribute that is missing here.
 */
export const UPSTREAM_TYPES: Readonly<Record<string, "string" | "int" | undefined>> = {
  "client.address": "string",
  "error.type": "string",
  "http.response.status_code": "int",
  "geo.continent.code": "string",
  "geo.country.iso_code": "string",
  "http.route": "string",
  "network.peer.address": "string",
  "network.peer.port": "int",
  "network.protocol.name": "string",
  "network.protocol.version": "string",
  "network.transport": "string",
  "network.type": "string",
  "server.address": "string",
  "server.port": "int",
  "url.full": "string",
  "url.path": "string",
  "url.query": "string",
  "url.scheme": "string",
  "user_agent.original": "string",
  "user_agent.synthetic.type": "string",
};

let loaded: ReadonlyMap<string, UpstreamAttribute> | undefined;

/** Every attribute of `@opentelemetry/semantic-conventions`, by key; read once. */
export function loadUpstream(): ReadonlyMap<string, UpstreamAttribute> {
  loaded ??= readUpstream();
  return loaded;
}

function readUpstream(): ReadonlyMap<string, UpstreamAttribute> {
  const briefs = readBriefs();
  const stableConstants = new Set(Object.keys(stable));
  const exported: readonly [string, unknown][] = Object.entries({ ...incubating, ...stable });
  const result = new Map<string, UpstreamAttribute>();
  for (const [constant, key] of exported) {
    // An export that is a function makes the key of a template attribute, such as http.request.header.<name>.
    if (!constant.startsWith(PREFIX) || typeof key !== "string") continue;
    result.set(key, {
      key,
      constant,
      stable: stableConstants.has(constant),
      brief: briefs.get(constant) ?? "",
      values: valuesOf(constant, exported),
    });
  }
  return result;
}

function valuesOf(constant: string, exported: readonly [string, unknown][]): Record<string, string> {
  const prefix = `${constant.slice(PREFIX.length)}_VALUE_`;
  return Object.fromEntries(
    exported.filter((entry): entry is [string, string] => entry[0].startsWith(prefix) && typeof entry[1] === "string"),
  );
}

function readBriefs(): Map<string, string> {
  const briefs = new Map<string, string>();
  const entry = import.meta.resolve("@opentelemetry/semantic-conventions");
  for (const file of ["experimental_attributes.d.mts", "stable_attributes.d.mts"]) {
    const text = readFileSync(fileURLToPath(new URL(file, entry)), "utf8");
    for (const match of text.matchAll(/\/\*\*\n((?: \*[^\n]*\n)+?) \*\/\ndeclare const (ATTR_\w+):/g)) {
      const [, comment = "", constant = ""] = match;
      const paragraph = comment.replace(/^ \* ?/gm, "").split(/\n\s*\n/, 1)[0] ?? "";
      briefs.set(constant, paragraph.replaceAll("\n", " ").trim());
    }
  }
  return briefs;
}
