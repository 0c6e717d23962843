/** The quality of a connection as one number, from what is known about it. */

/** What the score is made of. */
export interface QualityInputs {
  /** Heartbeats that were answered and that were not. */
  readonly acknowledged: number;
  readonly missed: number;
  /** Mean round trip in seconds; `undefined` where no round trip is known. */
  readonly meanRoundTrip: number | undefined;
  /** Reconnections of this client within the window. */
  readonly reconnections: number;
}

/** Shares of the score: 40 for heartbeats that were answered, 30 for latency, 30 for stability. */
const HEARTBEATS = 40;
const LATENCY = 30;
const STABILITY = 30;
/** One point less for each 10 ms of mean round trip, five for each reconnection. */
const SECONDS_PER_POINT = 0.01;
const POINTS_PER_RECONNECTION = 5;

/** From these scores on a connection is good or fair. */
const GOOD = 80;
const FAIR = 50;

/** 0 to 100; `undefined` where there was no heartbeat, since then nothing is known. */
export function qualityScore(inputs: QualityInputs): number | undefined {
  const { acknowledged, missed, meanRoundTrip, reconnections } = inputs;
  const heartbeats = acknowledged + missed;
  if (heartbeats === 0) return undefined;
  const answered = HEARTBEATS * (acknowledged / heartbeats);
  const stability = Math.max(0, STABILITY - POINTS_PER_RECONNECTION * reconnections);
  // Answered, but without a time (empty payloads): latency is left out and the rest stands for the whole.
  if (meanRoundTrip === undefined) return ((answered + stability) * 100) / (HEARTBEATS + STABILITY);
  return answered + stability + Math.max(0, LATENCY - meanRoundTrip / SECONDS_PER_POINT);
}

/** The grade of a score. */
export function qualityGrade(score: number): "good" | "fair" | "poor" {
  if (score >= GOOD) return "good";
  return score >= FAIR ? "fair" : "poor";
}
