import { expect, test } from "vitest";
import { AgeGroups } from "../../../src/core/health/age.ts";

const HOUR = 3_600_000;

test.each([
  [[HOUR, 24 * HOUR], 0, "under_1h"],
  [[HOUR, 24 * HOUR], 3599.9, "under_1h"],
  [[HOUR, 24 * HOUR], 3600, "1h_to_24h"],
  [[HOUR, 24 * HOUR], 86_399, "1h_to_24h"],
  [[HOUR, 24 * HOUR], 86_400, "over_24h"],
  [[HOUR, 24 * HOUR], 1e9, "over_24h"],
  [[90_000], 89, "under_90s"],
  [[90_000], 90, "over_90s"],
  [[500, 60_000, 48 * HOUR], 0.6, "500ms_to_1m"],
  [[500, 60_000, 48 * HOUR], 61, "1m_to_2d"],
  [[500, 60_000, 48 * HOUR], 200_000, "over_2d"],
])("with limits of %j ms, %d s is %s", (limits, seconds, group) => {
  expect(new AgeGroups(limits).of(seconds)).toBe(group);
});
