import type { Registry, SourceFile } from "./load.ts";
import type {
  AttributeDefinition,
  AttributeGroup,
  AttributeUse,
  Definitions,
  EventDefinition,
  Finding,
  MetricDefinition,
  Path,
  SpanDefinition,
} from "./model.ts";

/** A definition with the place where it stands. */
export interface Site<T> {
  readonly source: SourceFile<unknown>;
  readonly path: Path;
  readonly value: T;
}

/** Everything that a registry defines, with places. */
export interface Sites {
  readonly attributes: readonly Site<AttributeDefinition>[];
  readonly groups: readonly Site<AttributeGroup>[];
  readonly metrics: readonly Site<MetricDefinition>[];
  readonly spans: readonly Site<SpanDefinition>[];
  readonly events: readonly Site<EventDefinition>[];
}

export function collectSites({ files }: Registry): Sites {
  return {
    attributes: files.flatMap((source) => section(source, "attributes", source.data.attributes)),
    groups: files.flatMap((source) => section(source, "attribute_groups", source.data.attribute_groups)),
    metrics: files.flatMap((source) => section(source, "metrics", source.data.metrics)),
    spans: files.flatMap((source) => section(source, "spans", source.data.spans)),
    events: files.flatMap((source) => section(source, "events", source.data.events)),
  };
}

function section<T>(source: SourceFile<unknown>, key: keyof Definitions, values: readonly T[] = []): Site<T>[] {
  return values.map((value, index) => ({ source, path: [key, index], value }));
}

/** The attribute and group references of a definition. */
export function usesOf(site: Site<{ readonly attributes?: readonly AttributeUse[] }>): Site<AttributeUse>[] {
  const { source, path, value } = site;
  return (value.attributes ?? []).map((use, index) => ({ source, path: [...path, "attributes", index], value: use }));
}

/** A finding at a field of a definition. */
export function findingAt(site: Site<unknown>, field: Path, rule: string, message: string): Finding {
  const path = [...site.path, ...field];
  return { file: site.source.file, path, line: site.source.lineOf(path), rule, message };
}
