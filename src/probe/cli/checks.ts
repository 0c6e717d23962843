import { resolveTarget } from "../target.ts";
import type { ProbeTarget } from "../types.ts";
import { checksOf } from "./plan.ts";
import type { ConfiguredTarget } from "./plan.ts";

/** A check, and what it is called here: two of one name have their family behind it. */
export interface NamedCheck {
  readonly target: ProbeTarget;
  readonly name: string;
  readonly label: string;
}

/** The checks of targets. */
export function namedChecks(targets: readonly ConfiguredTarget[]): NamedCheck[] {
  return targets.flatMap((configured) => {
    const checks = checksOf(configured);
    return checks.map((target) => {
      const { name, ip } = resolveTarget(target);
      return { target, name, label: checks.length > 1 ? `${name} (${ip === "ipv4" ? "IPv4" : "IPv6"})` : name };
    });
  });
}

/**
 * The checks in groups that have each name once. A result tells its check by the name alone, so each group is a schedule
 * of its own.
 */
export function distinctGroups(checks: readonly NamedCheck[]): ReadonlyMap<string, NamedCheck>[] {
  const groups: Map<string, NamedCheck>[] = [];
  for (const check of checks) {
    const group = groups.find((known) => !known.has(check.name));
    if (group === undefined) groups.push(new Map([[check.name, check]]));
    else group.set(check.name, check);
  }
  return groups;
}
