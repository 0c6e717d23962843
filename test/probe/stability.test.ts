import { describe, expect, test } from "vitest";
import { RoundTrips } from "../../src/probe/stability.ts";

function measured(...milliseconds: number[]): RoundTrips {
  const trips = new RoundTrips();
  for (const value of milliseconds) trips.add(value);
  return trips;
}

describe("round trips", () => {
  test("have no numbers where there was none", () => {
    expect(measured().facts()).toBeUndefined();
  });

  test("have one number where there was one", () => {
    expect(measured(20).facts()).toEqual({
      min: 0.02,
      mean: 0.02,
      p50: 0.02,
      p90: 0.02,
      p99: 0.02,
      max: 0.02,
      jitter: 0,
    });
  });

  test("have percentiles within a thousandth", () => {
    const facts = measured(...Array.from({ length: 1000 }, (_, index) => index + 1)).facts()!;
    expect(facts.p50).toBeCloseTo(0.5, 3);
    expect(facts.p90).toBeCloseTo(0.9, 2);
    expect(facts.p99).toBeCloseTo(0.99, 2);
    expect(facts).toMatchObject({ min: 0.001, max: 1 });
    expect(facts.mean).toBeCloseTo(0.5005, 6);
  });

  test("have as jitter the mean difference between one and the next", () => {
    expect(measured(10, 20, 10, 40).facts()!.jitter).toBeCloseTo((10 + 10 + 30) / 3 / 1000, 9);
  });

  test("may be shorter than a microsecond or longer than a minute", () => {
    const facts = measured(0, 120_000).facts()!;
    expect(facts).toMatchObject({ min: 0, max: 120 });
    expect(facts.p99).toBeLessThanOrEqual(facts.max);
  });
});
