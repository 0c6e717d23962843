import type { ProbeTarget } from "../types.ts";

/** What is shown, and where: `report` for people, `json` for programs, `quiet` for the exit code alone. */
export type Output = "report" | "json" | "quiet";

/** How checks are run. Times in milliseconds. */
export interface Settings {
  /** As `websocket.probe.location`. */
  location?: string | undefined;
  /** @default each check runs once */
  interval?: number | undefined;
  /** Runs of each check. @default for ever, where there is an interval */
  count?: number | undefined;
  /** Runs at a time. @default 50 */
  concurrency?: number | undefined;
}

/** Targets as they are configured: one may ask for a check of each family of addresses. */
export type ConfiguredTarget = Omit<ProbeTarget, "ip"> & { ip?: NonNullable<ProbeTarget["ip"]> | "both" | undefined };

/** The checks of a configured target: two of one name where both families of addresses are asked for. */
export function checksOf(target: ConfiguredTarget): ProbeTarget[] {
  const { ip, ...rest } = target;
  if (ip === "both") {
    return [
      { ...rest, ip: "ipv4" },
      { ...rest, ip: "ipv6" },
    ];
  }
  return [{ ...rest, ...(ip !== undefined && { ip }) }];
}
