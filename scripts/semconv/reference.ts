import { memberConstantName } from "./constants.ts";
import type {
  AttributeDefinition,
  AttributeType,
  EventDefinition,
  MetricDefinition,
  RequirementLevel,
} from "./model.ts";
import { requirementParts } from "./resolve.ts";
import type { Resolved, ResolvedAttribute, ResolvedRegistry } from "./resolve.ts";

const UPSTREAM_DOCS = "https://opentelemetry.io/docs/specs/semconv/registry/attributes";
const LEVELS: Readonly<Record<string, string>> = {
  required: "Required",
  recommended: "Recommended",
  opt_in: "Opt-in",
  conditionally_required: "Conditionally required",
};

/** The text of `docs/telemetry.md`. */
export function generateReference(registry: ResolvedRegistry): string {
  const { metrics, spans, events, attributes } = registry;
  const sections = [
    "<!-- Generated from semconv/ by `npm run semconv`. Do not edit. -->",
    "# Telemetry",
    `What \`opentelemetry-websocket\` emits, as its registry in \`semconv/\` defines it. Schema URL: \`${registry.schemaUrl}\`.`,
    "Attributes that are not under `websocket.` are those of OpenTelemetry's semantic conventions. Every metric may also carry the application's own bounded attributes, and `otel.metric.overflow` (boolean, `true`) on the one series that stands for all attribute sets past the limit; the [SDK specification](https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute) defines it.",
    "## Metrics",
    table(
      ["Name", "Instrument", "Unit", "Description"],
      metrics.map((metric) => [link(metric.name), metric.instrument, code(metric.unit), oneLine(metric.brief)]),
    ),
    ...metrics.flatMap((metric) => signalSection(metric.name, metricFacts(metric), metric)),
    "## Spans",
    table(
      ["Type", "Kind", "Name", "Description"],
      spans.map((span) => [link(span.type), span.kind, oneLine(span.name.note), oneLine(span.brief)]),
    ),
    ...spans.flatMap((span) => signalSection(span.type, `Kind: ${span.kind}. Name: ${oneLine(span.name.note)}`, span)),
    ...(events.length === 0 ? [] : ["## Events", ...events.flatMap((event) => signalSection(event.name, "", event))]),
    "## Attributes",
    table(
      ["Key", "Type", "Description", "Values or examples"],
      [...attributes.values()].map((entry) => [
        link(entry.key),
        typeName(entry.type),
        oneLine(entry.brief),
        valuesOf(entry),
      ]),
    ),
    ...[...attributes.values()].flatMap(attributeSection),
    "## Attributes of OpenTelemetry",
    `What they mean is defined [upstream](${UPSTREAM_DOCS}/); this is what holds for WebSocket connections beside that.`,
    ...upstreamNotes(registry),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function metricFacts({
  instrument,
  unit,
  requirement_level: level = "recommended",
}: Resolved<MetricDefinition>): string {
  return `Instrument: ${instrument}. Unit: ${code(unit)}. Requirement level: ${levelText(level)}.`;
}

function signalSection(
  name: string,
  facts: string,
  signal: Pick<Resolved<EventDefinition>, "brief" | "note" | "attributes">,
): string[] {
  return [
    `### ${code(name)}`,
    oneLine(signal.brief),
    facts,
    signal.note?.trim() ?? "",
    table(
      ["Attribute", "Type", "Requirement level", "Description", "Values or examples"],
      signal.attributes.map(attributeRow),
    ),
  ];
}

function attributeRow(attribute: ResolvedAttribute): string[] {
  const { key, type, requirement, brief } = attribute;
  return [link(key), typeName(type), levelText(requirement), oneLine(brief), valuesOf(attribute)];
}

/** What our signals say about OpenTelemetry's attributes: each note once, with the signals that it holds for. */
function upstreamNotes({ metrics, spans, events, upstream }: ResolvedRegistry): string[] {
  const signals = [
    ...metrics.map(({ name, attributes }) => ({ name, attributes })),
    ...spans.map(({ type, attributes }) => ({ name: type, attributes })),
    ...events.map(({ name, attributes }) => ({ name, attributes })),
  ];
  return [...upstream.values()].flatMap(({ key, brief }) => {
    const notes = new Map<string, string[]>();
    for (const { name, attributes } of signals) {
      const note = attributes.find((attribute) => attribute.key === key)?.note?.trim();
      if (note !== undefined) notes.set(note, [...(notes.get(note) ?? []), name]);
    }
    const texts = [...notes].map(([note, names]) => `On ${names.map(link).join(", ")}:\n\n${note}`).join("\n\n");
    const page = `${UPSTREAM_DOCS}/${key.split(".")[0]?.replaceAll("_", "-")}/`;
    return [`### ${code(key)}`, `${oneLine(brief)} ([upstream](${page}))`, texts];
  });
}

function attributeSection(attribute: AttributeDefinition): string[] {
  const { key, type, brief, note, examples } = attribute;
  return [
    `### ${code(key)}`,
    oneLine(brief),
    `Type: ${typeName(type)}. Stability: ${attribute.stability}.${examples === undefined ? "" : ` Examples: ${examplesOf(examples)}.`}`,
    note?.trim() ?? "",
    typeof type === "string"
      ? ""
      : table(
          ["Value", "Meaning", "Constant"],
          type.members.map(({ id, value, brief }) => [
            code(String(value)),
            oneLine(brief ?? ""),
            code(memberConstantName(key, id)),
          ]),
        ),
  ];
}

/** What every connection metric carries; the README says it once. */
const COMMON: ReadonlySet<string> = new Set([
  "geo.continent.code",
  "geo.country.iso_code",
  "http.route",
  "network.type",
  "server.address",
  "server.port",
  "url.scheme",
  "user_agent.synthetic.type",
  "websocket.client.platform",
  "websocket.connection.id",
  "websocket.connection.role",
  "websocket.probe.location",
  "websocket.probe.name",
  "websocket.subprotocol",
]);

/** The compact table of the README: every metric and span in one, the two roles of a signal in one row. */
export function generateSummary(registry: ResolvedRegistry): string {
  const rows = [
    ...registry.spans.map((span) => summaryRow(span.type, "span", "", span)),
    ...registry.metrics.map((metric) => summaryRow(metric.name, metric.instrument, code(metric.unit), metric)),
    ...registry.events.map((event) => summaryRow(event.name, "event", "", event)),
  ];
  return table(["Name", "Kind", "Unit", "Attributes of its own", "Description"], mergeRoles(rows));
}

function summaryRow(
  name: string,
  kind: string,
  unit: string,
  { brief, attributes }: { brief: string; attributes: readonly { key: string }[] },
): string[] {
  const own = kind === "span" ? [] : attributes.map(({ key }) => key).filter((key) => !COMMON.has(key));
  return [code(name), kind, unit, inShort(own).map(code).join(", "), oneLine(brief)];
}

/** More than three attributes of one namespace as `websocket.close.*`. */
function inShort(keys: readonly string[]): string[] {
  const namespaceOf = (key: string): string => key.slice(0, key.lastIndexOf("."));
  const short = (key: string): string => {
    const namespace = namespaceOf(key);
    return keys.filter((other) => namespaceOf(other) === namespace).length > 3 ? `${namespace}.*` : key;
  };
  return [...new Set(keys.map(short))];
}

/** `websocket.server.x` and `websocket.client.x` that differ in nothing else become `websocket.*.x`. */
function mergeRoles(rows: readonly string[][]): string[][] {
  const merged = new Map<string, string[]>();
  for (const row of rows) {
    const general = row.map((cell) =>
      cell.replace(/\bwebsocket\.(?:server|client)\b/, "websocket.*").replace(/ (?:on the )?(?:server|client)\b/, ""),
    );
    const key = general.join("|");
    merged.set(key, merged.has(key) ? general : row);
  }
  return [...merged.values()];
}

function levelText(level: RequirementLevel): string {
  const { name, condition } = requirementParts(level);
  return condition === undefined ? (LEVELS[name] ?? name) : `${LEVELS[name] ?? name}: ${oneLine(condition)}`;
}

function typeName(type: AttributeType): string {
  return typeof type === "string" ? type : "enum";
}

function valuesOf({ type, examples }: { type: AttributeType; examples?: AttributeDefinition["examples"] }): string {
  return typeof type === "string"
    ? examplesOf(examples)
    : type.members.map(({ value }) => code(String(value))).join("; ");
}

function examplesOf(examples: AttributeDefinition["examples"]): string {
  if (examples === undefined) return "";
  const list: readonly unknown[] = Array.isArray(examples) ? examples : [examples];
  return list.map((example) => code(String(example))).join("; ");
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A link to a section of the same page; the anchor is a heading without dots, as GitHub makes it. */
function link(name: string): string {
  return `[${code(name)}](#${name.replaceAll(".", "")})`;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
