import type { ResolvedTracing } from "./trace-options.ts";

/** Up to this share of its length is left out of a segment: 10,000 connections do not begin one in one tick. */
const JITTER = 0.1;

/**
 * A number above 0 and up to 1 that differs from one connection to the next, made from the moment at which it opened: so nothing
 * has to be kept for it. Moments are microseconds apart, of which each changes the result by some hundredths.
 */
function share(openedAt: number): number {
  return 1 - ((openedAt * 7919) % 1);
}

/** How many checkpoints of a connection were due by `age`; times in seconds. */
export function checkpointsBy(age: number, openedAt: number, { checkpointInterval }: ResolvedTracing): number {
  return Math.floor(age / checkpointInterval - share(openedAt)) + 1;
}

/** How many segments of a connection were over by `age`; times in seconds. */
export function segmentsBy(age: number, openedAt: number, { segmentDuration }: ResolvedTracing): number {
  return Math.floor(age / (segmentDuration * (1 - JITTER * share(openedAt))));
}

/** How often to look whether one is due, in seconds; infinite where none ever is. */
export function resolutionOf({ checkpointInterval, segmentDuration }: ResolvedTracing): number {
  const shortest = Math.min(checkpointInterval, segmentDuration);
  return Number.isFinite(shortest) ? Math.min(1, shortest / 10) : shortest;
}
