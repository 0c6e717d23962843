import type { AttributeDefinition, EnumMember } from "./model.ts";
import type { ResolvedRegistry } from "./resolve.ts";
import type { UpstreamAttribute } from "./upstream.ts";

const UNSTABLE = "is experimental and is subject to breaking changes in minor releases of `opentelemetry-websocket`.";

/** `websocket.close.code` to `ATTR_WEBSOCKET_CLOSE_CODE`, as upstream's package names its constants. */
export function constantName(prefix: "ATTR" | "METRIC" | "EVENT", name: string): string {
  return `${prefix}_${upperSnake(name)}`;
}

/** Name of the constant of an enum's value. */
export function memberConstantName(key: string, id: string): string {
  return `${upperSnake(key)}_VALUE_${upperSnake(id)}`;
}

function upperSnake(name: string): string {
  return name.replaceAll(/[.-]/g, "_").toUpperCase();
}

/** The text of `src/semconv.ts`. */
export function generateConstants(registry: ResolvedRegistry): string {
  const { attributes, upstream, metrics, events } = registry;
  const parts = [
    "// Generated from semconv/ by `npm run semconv`. Do not edit.",
    `${docblock(["Identifies the version of the conventions that the telemetry follows."])}
export const SCHEMA_URL = ${JSON.stringify(registry.schemaUrl)};`,
    ...[...attributes.values()].flatMap(attributeConstants),
    ...[...upstream.values()].flatMap(upstreamConstants),
    ...metrics.map((metric) => {
      const lines = [metric.brief, ...note(metric.note), `@experimental This metric ${UNSTABLE}`];
      return `${docblock(lines)}\nexport const ${constantName("METRIC", metric.name)} = ${JSON.stringify(metric.name)};`;
    }),
    ...events.map((event) => {
      const lines = [event.brief, ...note(event.note), `@experimental This event ${UNSTABLE}`];
      return `${docblock(lines)}\nexport const ${constantName("EVENT", event.name)} = ${JSON.stringify(event.name)};`;
    }),
    metricDefinitions(metrics),
  ];
  return `${parts.join("\n\n")}\n`;
}

function attributeConstants(attribute: AttributeDefinition): string[] {
  const constant = constantName("ATTR", attribute.key);
  const lines = [
    attribute.brief,
    ...examplesOf(attribute),
    ...note(attribute.note),
    `@experimental This attribute ${UNSTABLE}`,
  ];
  const members: readonly EnumMember[] = typeof attribute.type === "string" ? [] : attribute.type.members;
  return [
    `${docblock(lines)}\nexport const ${constant} = ${JSON.stringify(attribute.key)};`,
    ...members.map((member) => {
      const name = memberConstantName(attribute.key, member.id);
      const value = JSON.stringify(member.value);
      const comment = docblock([
        `Enum value ${value} for attribute {@link ${constant}}.`,
        ...(member.brief === undefined ? [] : [member.brief]),
        `@experimental This enum value ${UNSTABLE}`,
      ]);
      return `${comment}\nexport const ${name} = ${value};`;
    }),
  ];
}

function upstreamConstants(attribute: UpstreamAttribute): string[] {
  const { constant, key, brief, values } = attribute;
  const lines = [brief, `@see \`${constant}\` of \`@opentelemetry/semantic-conventions\``];
  return [
    `${docblock(lines)}\nexport const ${constant} = ${JSON.stringify(key)};`,
    ...Object.entries(values).map(([name, value]) => {
      const comment = docblock([`Enum value ${JSON.stringify(value)} for attribute {@link ${constant}}.`]);
      return `${comment}\nexport const ${name} = ${JSON.stringify(value)};`;
    }),
  ];
}

function metricDefinitions(metrics: ResolvedRegistry["metrics"]): string {
  const entries = metrics.map((metric) => {
    const { name, instrument, unit } = metric;
    const fields = { name, unit, description: singleLine(metric.brief), instrument };
    const text = Object.entries(fields).map(([key, value]) => `    ${key}: ${JSON.stringify(value)},`);
    return `  ${JSON.stringify(name)}: {\n${text.join("\n")}\n  },`;
  });
  const comment = docblock(["What an instrument is created with, by the metric's name."]);
  return `${comment}\nexport const METRIC_DEFINITIONS = {\n${entries.join("\n")}\n} as const;`;
}

function examplesOf(attribute: AttributeDefinition): string[] {
  const { examples = [] } = attribute;
  const list = Array.isArray(examples) ? examples : [examples];
  return list.length === 0 ? [] : [list.map((example) => `@example ${String(example)}`).join("\n")];
}

function note(text: string | undefined): string[] {
  return text === undefined ? [] : [`@note ${text.trim()}`];
}

/** Paragraphs as a comment. */
function docblock(paragraphs: readonly string[]): string {
  const lines = paragraphs
    .map((text) => text.trim().replaceAll("*/", "*\\/"))
    .join("\n\n")
    .split("\n");
  return ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"].join("\n");
}

function singleLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
