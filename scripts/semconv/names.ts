import { constantName, memberConstantName } from "./constants.ts";
import type { EnumMember, Finding, MetricDefinition } from "./model.ts";
import { findingAt } from "./sites.ts";
import type { Site, Sites } from "./sites.ts";

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z0-9]+(_[a-z0-9]+)*)+$/;
const MEMBER_ID = /^[a-z0-9]+(_[a-z0-9]+)*$/;
const ROOT = "websocket.";

/** Units that a metric may have (UCUM, with singular annotations in braces). */
const UNITS: readonly string[] = [
  "s",
  "By",
  "1",
  "{client}",
  "{connection}",
  "{fallback}",
  "{heartbeat}",
  "{message}",
  "{reconnection}",
  "{run}",
];

interface Named {
  readonly site: Site<unknown>;
  readonly field: string;
  readonly name: string;
}

/** Rules about names and units. */
export function checkNames(sites: Sites): Finding[] {
  const attributes = named(sites.attributes, "key", (value) => value.key);
  const metrics = named(sites.metrics, "name", (value) => value.name);
  const spans = named(sites.spans, "type", (value) => value.type);
  const events = named(sites.events, "name", (value) => value.name);
  const groups = named(sites.groups, "id", (value) => value.id);
  const kinds = { attribute: attributes, metric: metrics, span: spans, event: events, group: groups };
  return [
    ...Object.entries(kinds).flatMap(([kind, list]) => checkForm(kind, list)),
    ...Object.entries(kinds).flatMap(([kind, list]) => checkDuplicates(kind, list)),
    ...checkNamespaces("attribute", attributes),
    ...checkNamespaces("metric", metrics),
    ...checkMembers(sites),
    ...checkConstants(sites),
    ...checkMetricsAgainstAttributes(attributes, metrics),
    ...sites.metrics.flatMap(checkMetric),
  ];
}

function named<T>(sites: readonly Site<T>[], field: string, name: (value: T) => string): Named[] {
  return sites.map((site) => ({ site, field, name: name(site.value) }));
}

function at({ site, field }: Named, rule: string, message: string): Finding {
  return findingAt(site, [field], rule, message);
}

function checkForm(kind: string, list: readonly Named[]): Finding[] {
  return list.flatMap((entry) => {
    const { name } = entry;
    if (!NAME.test(name)) {
      return [at(entry, `${kind}-name`, `${name} is not in lower snake_case with dots between namespaces`)];
    }
    return name.startsWith(ROOT) ? [] : [at(entry, `${kind}-name`, `${name} does not begin with ${ROOT}`)];
  });
}

function checkDuplicates(kind: string, list: readonly Named[]): Finding[] {
  return list
    .filter((entry, index) => list.findIndex((other) => other.name === entry.name) < index)
    .map((entry) => at(entry, "duplicate-definition", `the ${kind} ${entry.name} is defined twice`));
}

function checkNamespaces(kind: string, list: readonly Named[]): Finding[] {
  return list.flatMap((entry) => {
    const inner = list.find((other) => other.name.startsWith(`${entry.name}.`));
    if (inner === undefined) return [];
    return [at(entry, `${kind}-namespace`, `${entry.name} is also the namespace of ${inner.name}`)];
  });
}

function checkMembers({ attributes }: Sites): Finding[] {
  return attributes.flatMap((site) => {
    const { type } = site.value;
    if (typeof type === "string") return [];
    return type.members.flatMap((_, index) => checkMember(site, type.members, index));
  });
}

function checkMember(site: Site<unknown>, members: readonly EnumMember[], index: number): Finding[] {
  const findings: Finding[] = [];
  const earlier = members.slice(0, index);
  const { id = "", value } = members[index] ?? {};
  const add = (field: string, rule: string, message: string): void => {
    findings.push(findingAt(site, ["type", "members", index, field], rule, message));
  };
  if (!MEMBER_ID.test(id)) add("id", "enum-id", `${id} is not in snake_case`);
  if (earlier.some((other) => other.id === id)) add("id", "enum-unique", `the id ${id} is given twice`);
  if (earlier.some((other) => other.value === value)) {
    add("value", "enum-unique", `the value ${String(value)} is given twice`);
  }
  return findings;
}

/** `a.b_c` and `a.b.c` are two names but would be one constant. */
function checkConstants(sites: Sites): Finding[] {
  const owners = new Map<string, string>();
  const claim = (site: Site<unknown>, constant: string, name: string): Finding[] => {
    const owner = owners.get(constant);
    owners.set(constant, owner ?? name);
    if (owner === undefined || owner === name) return [];
    return [findingAt(site, [], "constant-collision", `${name} and ${owner} both give ${constant}`)];
  };
  return [
    ...sites.attributes.flatMap((site) => {
      const { key, type } = site.value;
      const members = typeof type === "string" ? [] : type.members;
      return [
        ...claim(site, constantName("ATTR", key), key),
        ...members.flatMap(({ id }) => claim(site, memberConstantName(key, id), `${key}=${id}`)),
      ];
    }),
    ...sites.metrics.flatMap((site) => claim(site, constantName("METRIC", site.value.name), site.value.name)),
    ...sites.events.flatMap((site) => claim(site, constantName("EVENT", site.value.name), site.value.name)),
  ];
}

function checkMetricsAgainstAttributes(attributes: readonly Named[], metrics: readonly Named[]): Finding[] {
  const keys = new Set(attributes.map((entry) => entry.name));
  return metrics
    .filter((entry) => keys.has(entry.name))
    .map((entry) => at(entry, "metric-is-attribute", `${entry.name} is also the key of an attribute`));
}

function checkMetric(site: Site<MetricDefinition>): Finding[] {
  const { name, unit, instrument } = site.value;
  const findings: Finding[] = [];
  if (/^\{.*s\}$/.test(unit)) {
    findings.push(findingAt(site, ["unit"], "unit", `the annotation ${unit} is not singular`));
  } else if (!UNITS.includes(unit)) {
    findings.push(findingAt(site, ["unit"], "unit", `${unit} is not one of ${UNITS.join(", ")}`));
  }
  if (/[._]total$/.test(name)) {
    findings.push(
      findingAt(site, ["name"], "metric-suffix", `${name} ends with total, which exporters add themselves`),
    );
  }
  if (/[._](duration|delay)$/.test(name) && (unit !== "s" || instrument !== "histogram")) {
    findings.push(findingAt(site, ["unit"], "duration", `${name} is a duration but not a histogram in s`));
  }
  return findings;
}
