import type { AttributeDefinition, AttributeType, AttributeUse, Finding, Path, Scalar } from "./model.ts";
import { findingAt, usesOf } from "./sites.ts";
import type { Site, Sites } from "./sites.ts";
import { UPSTREAM_TYPES } from "./upstream.ts";

/** Rules about what every definition states: brief, stability, requirement level and examples. */
export function checkTexts(sites: Sites): Finding[] {
  const types = new Map<string, AttributeType | undefined>(Object.entries(UPSTREAM_TYPES));
  for (const { value } of sites.attributes) types.set(value.key, value.type);
  const signals = [...sites.metrics, ...sites.spans, ...sites.events];
  return [
    ...sites.attributes.flatMap(checkAttribute),
    ...sites.groups.flatMap((site) => {
      if (site.value.visibility === "internal") return [];
      return [...checkBrief(site, [], site.value.brief), ...checkStability(site, [], site.value.stability)];
    }),
    ...signals.flatMap((site) => [
      ...checkBrief(site, [], site.value.brief),
      ...checkRequirementLevel(site, site.value.requirement_level, "signal"),
    ]),
    ...[...sites.groups, ...signals].flatMap((site) => usesOf(site)).flatMap((site) => checkUse(site, types)),
  ];
}

function checkAttribute(site: Site<AttributeDefinition>): Finding[] {
  const { type, brief, examples } = site.value;
  const findings = checkBrief(site, [], brief);
  if (typeof type !== "string") {
    return [
      ...findings,
      ...type.members.flatMap((member, index) => {
        const path: Path = ["type", "members", index];
        return [...checkBrief(site, path, member.brief), ...checkStability(site, path, member.stability)];
      }),
    ];
  }
  if (examples === undefined && type !== "boolean") {
    findings.push(findingAt(site, [], "examples", "an attribute that is no enum and no boolean needs examples"));
  }
  return [...findings, ...checkExamples(site, examples, type)];
}

function checkUse(site: Site<AttributeUse>, types: ReadonlyMap<string, AttributeType | undefined>): Finding[] {
  const use = site.value;
  if (!("ref" in use)) return [];
  return [
    ...checkRequirementLevel(site, use.requirement_level, "reference"),
    ...(use.brief === undefined ? [] : checkBrief(site, [], use.brief)),
    ...checkExamples(site, use.examples, types.get(use.ref)),
  ];
}

function checkBrief(site: Site<unknown>, path: Path, brief: string | undefined): Finding[] {
  if (brief === undefined) return [findingAt(site, path, "brief", "the brief is missing")];
  if (brief.trim().endsWith(".")) return [];
  return [findingAt(site, [...path, "brief"], "brief", "the brief does not end with a full stop")];
}

function checkStability(site: Site<unknown>, path: Path, stability: string | undefined): Finding[] {
  return stability === undefined ? [findingAt(site, path, "stability", "the stability is missing")] : [];
}

function checkRequirementLevel(site: Site<unknown>, level: unknown, what: string): Finding[] {
  return level === undefined ? [findingAt(site, [], "requirement-level", `the ${what} has no requirement_level`)] : [];
}

function checkExamples(
  site: Site<unknown>,
  examples: AttributeDefinition["examples"],
  type: AttributeType | undefined,
): Finding[] {
  if (examples === undefined || typeof type !== "string") return [];
  const list: readonly unknown[] = Array.isArray(examples) ? examples : [examples];
  return list
    .filter((example) => !isOfType(example, type))
    .map((example) => findingAt(site, ["examples"], "examples", `${JSON.stringify(example)} is not of type ${type}`));
}

/** Whether a value is of one of the format's types; a type that is not a simple one is not looked into. */
export function isOfType(value: unknown, type: string): boolean {
  const items = /^(string|int|double|boolean)\[\]$/.exec(type)?.[1];
  if (items !== undefined) return Array.isArray(value) && value.every((item: Scalar) => isOfType(item, items));
  switch (type) {
    case "string":
    case "boolean":
      return typeof value === type;
    case "int":
      return Number.isInteger(value);
    case "double":
      return typeof value === "number";
    default:
      return true;
  }
}
