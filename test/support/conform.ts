import { fileURLToPath } from "node:url";
import { loadRegistry } from "../../scripts/semconv/load.ts";
import type { AttributeType, Instrument, SpanKind } from "../../scripts/semconv/model.ts";
import { resolveRegistry } from "../../scripts/semconv/resolve.ts";
import type { ResolvedAttribute, ResolvedRegistry } from "../../scripts/semconv/resolve.ts";

const SCOPE = "opentelemetry-websocket";
/** The scope of the Collector's receiver is its Go package. */
const RECEIVER_SCOPE = /\/websocketcheckreceiver$/;
/** https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute */
const OVERFLOW = "otel.metric.overflow";
/** Numbers of OTLP's enum `Span.SpanKind`. */
const KINDS: readonly (SpanKind | "unspecified")[] = [
  "unspecified",
  "internal",
  "server",
  "client",
  "producer",
  "consumer",
];

// The parts of OTLP/JSON that are looked at.

interface Value {
  readonly stringValue?: string | undefined;
  readonly intValue?: number | string | undefined;
  readonly doubleValue?: number | undefined;
  readonly boolValue?: boolean | undefined;
  readonly arrayValue?: { readonly values?: readonly Value[] | undefined } | undefined;
}

interface KeyValue {
  readonly key: string;
  readonly value?: Value | undefined;
}

interface Attributed {
  readonly attributes?: readonly KeyValue[] | undefined;
}

interface Points {
  readonly dataPoints?: readonly Attributed[] | undefined;
}

interface Metric {
  readonly name: string;
  readonly unit?: string | undefined;
  readonly sum?: (Points & { readonly isMonotonic?: boolean | undefined }) | undefined;
  readonly gauge?: Points | undefined;
  readonly histogram?: Points | undefined;
  readonly exponentialHistogram?: Points | undefined;
}

interface Span extends Attributed {
  readonly name: string;
  readonly kind?: number | undefined;
  readonly links?: readonly Attributed[] | undefined;
}

interface LogRecord extends Attributed {
  readonly eventName?: string | undefined;
}

interface Scoped {
  readonly scope?: { readonly name?: string | undefined } | undefined;
}

interface ScopeSpans extends Scoped {
  readonly spans?: readonly Span[] | undefined;
}

interface ScopeMetrics extends Scoped {
  readonly metrics?: readonly Metric[] | undefined;
}

interface ScopeLogs extends Scoped {
  readonly logRecords?: readonly LogRecord[] | undefined;
}

/** Decoded OTLP/JSON, of any of the three signals. */
export interface Telemetry {
  readonly resourceSpans?: readonly { readonly scopeSpans?: readonly ScopeSpans[] | undefined }[] | undefined;
  readonly resourceMetrics?: readonly { readonly scopeMetrics?: readonly ScopeMetrics[] | undefined }[] | undefined;
  readonly resourceLogs?: readonly { readonly scopeLogs?: readonly ScopeLogs[] | undefined }[] | undefined;
}

export interface ConformOptions {
  /** Keys of the application's own attributes, from its hooks. */
  readonly userAttributes?: readonly string[];
}

let registry: ResolvedRegistry | undefined;

/**
 * Holds what the package sent against the registry in `semconv/`.
 * @throws Error that lists every deviation
 */
export function assertConforms(telemetry: Telemetry, options: ConformOptions = {}): void {
  registry ??= resolveRegistry(loadRegistry(fileURLToPath(new URL("../../semconv", import.meta.url))));
  const conformance = new Conformance(registry, new Set(options.userAttributes));
  conformance.check(telemetry);
  const { deviations } = conformance;
  if (deviations.size === 0) return;
  const list = [...deviations].map((deviation) => `- ${deviation}`).join("\n");
  throw new Error(`the telemetry deviates from semconv/ in ${deviations.size} way(s):\n${list}`);
}

class Conformance {
  readonly deviations: Set<string> = new Set();
  readonly #registry: ResolvedRegistry;
  readonly #userAttributes: ReadonlySet<string>;

  constructor(registry: ResolvedRegistry, userAttributes: ReadonlySet<string>) {
    this.#registry = registry;
    this.#userAttributes = userAttributes;
  }

  check({ resourceSpans = [], resourceMetrics = [], resourceLogs = [] }: Telemetry): void {
    const spans = resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans.filter(isOurs));
    const metrics = resourceMetrics.flatMap(({ scopeMetrics = [] }) => scopeMetrics.filter(isOurs));
    const logs = resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs.filter(isOurs));
    for (const span of spans.flatMap((scope) => scope.spans ?? [])) this.#span(span);
    for (const metric of metrics.flatMap((scope) => scope.metrics ?? [])) this.#metric(metric);
    for (const record of logs.flatMap((scope) => scope.logRecords ?? [])) this.#event(record);
  }

  #metric(metric: Metric): void {
    const { name, unit = "" } = metric;
    const what = `metric ${name}`;
    const definition = this.#registry.metrics.find((entry) => entry.name === name);
    if (definition === undefined) {
      this.deviations.add(`${what}: is not registered`);
      return;
    }
    if (unit !== definition.unit) {
      this.deviations.add(`${what}: expected unit ${definition.unit}, got ${JSON.stringify(unit)}`);
    }
    const instrument = instrumentOf(metric);
    if (instrument !== definition.instrument) {
      this.deviations.add(`${what}: expected instrument ${definition.instrument}, got ${instrument}`);
    }
    const data = metric.sum ?? metric.gauge ?? metric.histogram ?? metric.exponentialHistogram;
    for (const point of data?.dataPoints ?? []) this.#point(what, point, definition.attributes);
  }

  #point(what: string, { attributes = [] }: Attributed, registered: readonly ResolvedAttribute[]): void {
    const overflow = attributes.find(({ key }) => key === OVERFLOW);
    if (overflow === undefined) {
      this.#attributes(what, attributes, registered);
      return;
    }
    if (overflow.value?.boolValue !== true) {
      this.deviations.add(`${what}: attribute ${OVERFLOW}: expected true, got ${show(overflow.value)}`);
    }
    // The overflow series stands for attribute sets of any kind, so it need not have what is required.
    const optional = registered.map((entry): ResolvedAttribute => ({ ...entry, requirement: "recommended" }));
    const others = attributes.filter((entry) => entry !== overflow);
    this.#attributes(what, others, optional);
  }

  #span(span: Span): void {
    const { name, attributes = [] } = span;
    const kind = KINDS[span.kind ?? 0] ?? String(span.kind);
    if (kind === "internal" && this.#registry.events.some((entry) => entry.name === name)) {
      // An event as a span, for backends that take spans only.
      this.#event({ eventName: name, attributes });
      return;
    }
    const ofKind = this.#registry.spans.filter((entry) => entry.kind === kind);
    const definition = ofKind.find((entry) => name === spanName(entry.name.note, attributes)) ?? ofKind[0];
    if (definition === undefined) {
      this.deviations.add(`span ${JSON.stringify(name)}: no span of kind ${kind} is registered`);
      return;
    }
    const what = `span ${definition.type}`;
    const expected = spanName(definition.name.note, attributes);
    if (name !== expected) {
      this.deviations.add(`${what}: expected name ${JSON.stringify(expected)}, got ${JSON.stringify(name)}`);
    }
    this.#attributes(what, attributes, definition.attributes);
    for (const link of span.links ?? []) this.#link(what, link, definition.attributes);
  }

  #link(what: string, { attributes = [] }: Attributed, registered: readonly ResolvedAttribute[]): void {
    const optional = registered.map((entry): ResolvedAttribute => ({ ...entry, requirement: "recommended" }));
    this.#attributes(`a link of ${what}`, attributes, optional);
  }

  #event({ eventName = "", attributes = [] }: LogRecord): void {
    const what = `event ${eventName || "without a name"}`;
    const definition = this.#registry.events.find((entry) => entry.name === eventName);
    if (definition === undefined) this.deviations.add(`${what}: is not registered`);
    else this.#attributes(what, attributes, definition.attributes);
  }

  #attributes(what: string, attributes: readonly KeyValue[], registered: readonly ResolvedAttribute[]): void {
    for (const { key, value } of attributes) {
      const definition = registered.find((entry) => entry.key === key);
      if (definition !== undefined) {
        const problem = valueProblem(value, definition.type);
        if (problem !== undefined) this.deviations.add(`${what}: attribute ${key}: ${problem}`);
      } else if (!this.#userAttributes.has(key)) {
        this.deviations.add(`${what}: attribute ${key} is not registered for it`);
      }
    }
    for (const { key, requirement } of registered) {
      if (requirement === "required" && !attributes.some((entry) => entry.key === key)) {
        this.deviations.add(`${what}: required attribute ${key} is missing`);
      }
    }
  }
}

function isOurs({ scope }: Scoped): boolean {
  return scope?.name === SCOPE || RECEIVER_SCOPE.test(scope?.name ?? "");
}

function instrumentOf(metric: Metric): Instrument | "none" {
  if (metric.sum !== undefined) return metric.sum.isMonotonic === true ? "counter" : "updowncounter";
  if (metric.gauge !== undefined) return "gauge";
  return metric.histogram === undefined && metric.exponentialHistogram === undefined ? "none" : "histogram";
}

/** The first of the patterns in the registry's note (`websocket {http.route}`, …) that the attributes can fill. */
function spanName(note: string, attributes: readonly KeyValue[]): string {
  const values = new Map(attributes.map(({ key, value }) => [key, scalarOf(value)]));
  const patterns = [...note.matchAll(/`([^`]+)`/g)].map(([, pattern = ""]) => pattern);
  const fitting = patterns.find((pattern) =>
    [...pattern.matchAll(/\{([^}]+)\}/g)].every(([, key = ""]) => values.get(key) !== undefined),
  );
  return (fitting ?? "").replaceAll(/\{([^}]+)\}/g, (_, key: string) => String(values.get(key)));
}

function valueProblem(value: Value | undefined, type: AttributeType): string | undefined {
  if (typeof type === "string") return hasType(value, type) ? undefined : `expected ${type}, got ${show(value)}`;
  const members = type.members.map((member) => member.value);
  const actual = scalarOf(value);
  if (actual !== undefined && members.includes(actual)) return undefined;
  return `expected one of ${members.join(", ")}, got ${show(value)}`;
}

function hasType(value: Value | undefined, type: string): boolean {
  if (value === undefined) return false;
  if (type.endsWith("[]")) {
    const items = value.arrayValue?.values;
    return items?.every((item) => hasType(item, type.slice(0, -2))) ?? false;
  }
  switch (type) {
    case "string":
      return value.stringValue !== undefined;
    case "boolean":
      return value.boolValue !== undefined;
    case "int":
      return value.intValue !== undefined;
    case "double":
      // JavaScript's exporters send a double without a fraction as an int.
      return value.doubleValue !== undefined || value.intValue !== undefined;
    default:
      return true;
  }
}

function scalarOf(value: Value | undefined): string | number | boolean | undefined {
  if (value?.intValue !== undefined) return Number(value.intValue);
  return value?.stringValue ?? value?.doubleValue ?? value?.boolValue;
}

function show(value: Value | undefined): string {
  return JSON.stringify(value) ?? "nothing";
}
