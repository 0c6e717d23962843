import type { AttributeGroup, AttributeRef, AttributeUse, Finding, GroupRef } from "./model.ts";
import { expandGroups } from "./resolve.ts";
import { findingAt, usesOf } from "./sites.ts";
import type { Site, Sites } from "./sites.ts";
import { UPSTREAM_TYPES, loadUpstream } from "./upstream.ts";

type User = Site<{ readonly attributes?: readonly AttributeUse[] }>;

/** Attributes whose values are without bound, so that no metric may carry them. */
const UNBOUNDED: ReadonlySet<string> = new Set([
  "client.address",
  "network.peer.address",
  "network.peer.port",
  "url.full",
  "url.path",
  "url.query",
  "user_agent.original",
  "websocket.close.reason",
  "websocket.connection.id",
]);

/** Rules about references from signals to attributes and groups. */
export function checkReferences(sites: Sites): Finding[] {
  const groups = new Map(sites.groups.map(({ value }) => [value.id, value]));
  const signals: readonly User[] = [...sites.metrics, ...sites.spans, ...sites.events];
  return [
    ...[...sites.groups, ...signals].flatMap((user) => checkUses(user, sites, groups)),
    ...sites.groups.flatMap((site) => checkCycle(site, groups)),
    ...signals.flatMap((signal) => checkRepeats(signal, groups)),
    ...sites.metrics.flatMap((metric) => checkCardinality(metric, groups)),
    ...checkUnused(sites, signals, groups),
  ];
}

function checkUses(user: User, sites: Sites, groups: ReadonlyMap<string, AttributeGroup>): Finding[] {
  const own = new Set(sites.attributes.map(({ value }) => value.key));
  const upstream = loadUpstream();
  return usesOf(user).flatMap((site) => {
    const use = site.value;
    if (isGroupRef(use)) {
      if (groups.has(use.ref_group)) return [];
      return [findingAt(site, ["ref_group"], "unknown-group", `no group has the id ${use.ref_group}`)];
    }
    const { ref } = use;
    if (own.has(ref)) return [];
    if (!upstream.has(ref)) {
      const message = `${ref} is neither ours nor in @opentelemetry/semantic-conventions`;
      return [findingAt(site, ["ref"], "unknown-attribute", message)];
    }
    if (UPSTREAM_TYPES[ref] !== undefined) return [];
    return [findingAt(site, ["ref"], "upstream-type", `the type of ${ref} is missing in UPSTREAM_TYPES`)];
  });
}

function checkCycle(site: Site<AttributeGroup>, groups: ReadonlyMap<string, AttributeGroup>): Finding[] {
  const { id } = site.value;
  const seen = new Set<string>();
  const pending = [...groupRefs(site.value)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === id) return [findingAt(site, ["id"], "group-cycle", `${id} contains itself`)];
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...groupRefs(groups.get(next)));
  }
  return [];
}

function groupRefs(group: AttributeGroup | undefined): string[] {
  return (group?.attributes ?? []).filter(isGroupRef).map((use) => use.ref_group);
}

function checkRepeats(signal: User, groups: ReadonlyMap<string, AttributeGroup>): Finding[] {
  const owners = new Set<string>();
  return usesOf(signal).flatMap((site) => {
    const repeated = expandGroups([site.value], groups).filter(({ ref }) => owners.has(ref) || !owners.add(ref));
    return repeated.map(({ ref }) => findingAt(site, [], "repeated-attribute", `${ref} is on this signal already`));
  });
}

function checkCardinality(metric: User, groups: ReadonlyMap<string, AttributeGroup>): Finding[] {
  return usesOf(metric).flatMap((site) =>
    expandGroups([site.value], groups)
      .filter(({ ref }) => UNBOUNDED.has(ref))
      .map(({ ref }) => findingAt(site, [], "unbounded-attribute", `${ref} has no bound and may not be on a metric`)),
  );
}

function checkUnused(sites: Sites, signals: readonly User[], groups: ReadonlyMap<string, AttributeGroup>): Finding[] {
  const refs = signals.flatMap(({ value }) => expandGroups(value.attributes ?? [], groups));
  const usedAttributes = new Set(refs.map(({ ref }: AttributeRef) => ref));
  const usedGroups = new Set([...sites.groups, ...signals].flatMap((user) => usesOf(user).map(groupIdOf)));
  return [
    ...sites.attributes
      .filter(({ value }) => !usedAttributes.has(value.key))
      .map((site) => findingAt(site, ["key"], "unused-attribute", `no signal has ${site.value.key}`)),
    ...sites.groups
      .filter(({ value }) => !usedGroups.has(value.id))
      .map((site) => findingAt(site, ["id"], "unused-group", `nothing refers to ${site.value.id}`)),
  ];
}

function groupIdOf({ value }: Site<AttributeUse>): string | undefined {
  return isGroupRef(value) ? value.ref_group : undefined;
}

function isGroupRef(use: AttributeUse): use is GroupRef {
  return "ref_group" in use;
}
