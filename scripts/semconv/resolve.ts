import type { Registry } from "./load.ts";
import type {
  AttributeDefinition,
  AttributeGroup,
  AttributeRef,
  AttributeType,
  AttributeUse,
  EventDefinition,
  MetricDefinition,
  RequirementLevel,
  SpanDefinition,
} from "./model.ts";
import { UPSTREAM_TYPES, loadUpstream } from "./upstream.ts";
import type { UpstreamAttribute } from "./upstream.ts";

/** An attribute on a signal, with what the reference overrides filled in from the definition. */
export interface ResolvedAttribute {
  readonly key: string;
  readonly type: AttributeType;
  readonly requirement: RequirementLevel;
  readonly brief: string;
  readonly note: string | undefined;
  readonly examples: AttributeDefinition["examples"];
}

export type Resolved<T> = Omit<T, "attributes"> & { readonly attributes: readonly ResolvedAttribute[] };

/** The registry with every reference followed. */
export interface ResolvedRegistry {
  readonly schemaUrl: string;
  readonly description: string;
  /** Our own, by key. */
  readonly attributes: ReadonlyMap<string, AttributeDefinition>;
  /** Those of OpenTelemetry that a signal of ours refers to, by key. */
  readonly upstream: ReadonlyMap<string, UpstreamAttribute>;
  readonly metrics: readonly Resolved<MetricDefinition>[];
  readonly spans: readonly Resolved<SpanDefinition>[];
  readonly events: readonly Resolved<EventDefinition>[];
}

/** Follows every reference of a registry that the checker has passed. */
export function resolveRegistry(registry: Registry): ResolvedRegistry {
  const files = registry.files.map((source) => source.data);
  const upstream = loadUpstream();
  const attributes = new Map(files.flatMap((file) => file.attributes ?? []).map((entry) => [entry.key, entry]));
  const groups = new Map(files.flatMap((file) => file.attribute_groups ?? []).map((entry) => [entry.id, entry]));
  const used = new Map<string, UpstreamAttribute>();

  const attribute = (use: AttributeRef): ResolvedAttribute => {
    const own = attributes.get(use.ref);
    const other = upstream.get(use.ref);
    if (own === undefined && other !== undefined) used.set(use.ref, other);
    return {
      key: use.ref,
      type: own?.type ?? UPSTREAM_TYPES[use.ref] ?? "string",
      requirement: use.requirement_level ?? "recommended",
      brief: use.brief ?? own?.brief ?? other?.brief ?? "",
      note: use.note ?? own?.note,
      examples: use.examples ?? own?.examples,
    };
  };
  const resolve = <T extends { attributes?: readonly AttributeUse[] }>(signal: T): Resolved<T> => ({
    ...signal,
    attributes: expandGroups(signal.attributes ?? [], groups)
      .map(attribute)
      .sort(byKey),
  });

  return {
    schemaUrl: registry.manifest.data.schema_url,
    description: registry.manifest.data.description,
    metrics: files.flatMap((file) => file.metrics ?? []).map((entry) => resolve(entry)),
    spans: files.flatMap((file) => file.spans ?? []).map((entry) => resolve(entry)),
    events: files.flatMap((file) => file.events ?? []).map((entry) => resolve(entry)),
    attributes: sortedByKey(attributes),
    upstream: sortedByKey(used),
  };
}

/** The references of a signal with those of its groups in their place. Unknown groups give none. */
export function expandGroups(
  uses: readonly AttributeUse[],
  groups: ReadonlyMap<string, AttributeGroup>,
  open: readonly string[] = [],
): AttributeRef[] {
  return uses.flatMap((use) => {
    if ("ref" in use) return [use];
    const group = groups.get(use.ref_group);
    if (group === undefined || open.includes(group.id)) return [];
    return expandGroups(group.attributes, groups, [...open, group.id]);
  });
}

/** A requirement level's name and its condition. */
export function requirementParts(level: RequirementLevel): { name: string; condition: string | undefined } {
  if (typeof level === "string") return { name: level, condition: undefined };
  const [name = "", condition] = Object.entries(level)[0] ?? [];
  return { name, condition };
}

function byKey(a: { key: string }, b: { key: string }): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

function sortedByKey<T extends { key: string }>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...map.values()].sort(byKey).map((entry) => [entry.key, entry]));
}
