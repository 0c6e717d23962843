/** What a run found, as it is handed out. */
import { redactUrl } from "../telemetry/redact.ts";
import type { ProbeFailure } from "./problem.ts";
import type { Findings, RunRecord } from "./record.ts";
import type { Secrets } from "./secrets.ts";
import type { ResolvedTarget } from "./target.ts";
import { duration } from "./text.ts";
import type { ProbeProblem } from "./types.ts";

/** The findings of a run, without secrets. */
export function summary(
  target: ResolvedTarget,
  record: RunRecord,
  failure: ProbeFailure | undefined,
  secrets: Secrets,
): Findings {
  const problem = failure === undefined ? undefined : problemOf(failure);
  const reasons = [...expiring(target, record), ...record.warnings].map((reason) => hidden(reason, secrets));
  const error = problem === undefined ? reasons[0] : hidden(problem, secrets);
  const { startedAt, peer, tls, upgrade, close, stability } = record;
  return {
    name: target.name,
    ip: target.ip,
    url: redactUrl(target.url.href),
    startedAt,
    duration: record.elapsed(),
    result: problem !== undefined ? "down" : reasons.length > 0 ? "degraded" : "up",
    ...(error !== undefined && { error }),
    warnings: reasons,
    phases: record.phases.map((phase) => ({ ...phase, detail: secrets.hide(phase.detail ?? "") })),
    ...(peer !== undefined && { peer }),
    ...(tls !== undefined && { tls }),
    ...(upgrade !== undefined && { upgrade }),
    ...(close !== undefined && { close }),
    ...(stability !== undefined && { stability }),
  };
}

function problemOf({ type, phase, message }: ProbeFailure): ProbeProblem {
  return { type, ...(phase !== undefined && { phase }), message };
}

function hidden(problem: ProbeProblem, secrets: Secrets): ProbeProblem {
  return { ...problem, message: secrets.hide(problem.message) };
}

/** A certificate that expires sooner than the target wants. */
function expiring({ minCertificateLife }: ResolvedTarget, { tls }: RunRecord): readonly ProbeProblem[] {
  if (minCertificateLife === undefined || tls === undefined) return [];
  const { expiresIn, expiresAt } = tls.certificate;
  if (expiresIn * 1000 >= minCertificateLife) return [];
  const when = expiresIn < 0 ? "has expired" : `expires in ${duration(expiresIn * 1000)}`;
  const message = `the certificate, or one of its chain, ${when} (${expiresAt}); the check wants it to live for`;
  return [{ type: "certificate_expiry", phase: "tls", message: `${message} ${duration(minCertificateLife)}` }];
}
