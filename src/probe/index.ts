/**
 * Synthetic checks of WebSocket endpoints: `probe` checks once, `startProbes` again and again. What they find goes to
 * the registered OpenTelemetry SDK and to the caller.
 *
 * @module
 */
export { probe } from "./probe.ts";
export type { ProbeOptions, ProbeSettings, RunOptions } from "./probe.ts";
export { startProbes } from "./schedule.ts";
export type { RunningProbes, ScheduleOptions } from "./schedule.ts";
export type {
  CertificateFacts,
  CheckId,
  Expectation,
  PhaseTiming,
  ProbeHold,
  ProbeOutcome,
  ProbePhase,
  ProbeProblem,
  ProbeResult,
  ProbeStep,
  ProbeTarget,
  ProbeTls,
  SecretSource,
  StabilityFacts,
} from "./types.ts";
