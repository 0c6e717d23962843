import { resolveTarget } from "../target.ts";
import type { CheckId, ProbeTarget } from "../types.ts";
import { checksOf } from "./plan.ts";
import type { ConfiguredTarget } from "./plan.ts";

/** A check, and what it is called here: two of one name have their family behind it. */
export interface NamedCheck {
  readonly target: ProbeTarget;
  readonly id: CheckId;
  readonly label: string;
}

/** The checks of targets. */
export function namedChecks(targets: readonly ConfiguredTarget[]): NamedCheck[] {
  return targets.flatMap((configured) => {
    const checks = checksOf(configured);
    return checks.map((target) => {
      const { name, ip } = resolveTarget(target);
      return {
        target,
        id: { name, ip },
        label: checks.length > 1 ? `${name} (${ip === "ipv4" ? "IPv4" : "IPv6"})` : name,
      };
    });
  });
}

/** Tells a check from the others, whose name may be the same. */
export function keyOf({ name, ip }: CheckId): string {
  return `${ip} ${name}`;
}
