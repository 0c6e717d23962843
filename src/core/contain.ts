import { diag } from "@opentelemetry/api";

/** Past this many different places nothing more is reported: a broken hook must not become a flood of logs. */
const MAX_REPORTS = 100;
const reported = new Set<string>();

/** Reports through `diag`, once per `place` and process. */
export function reportOnce(place: string, error: unknown): void {
  if (reported.has(place) || reported.size >= MAX_REPORTS) return;
  reported.add(place);
  const detail = error instanceof Error ? error.message : String(error);
  try {
    diag.error(
      `opentelemetry-websocket: ${place}: ${detail} (reported once; the application goes on without this part)`,
    );
  } catch {
    // A logger that throws must not break the application either.
  }
}

/** Runs telemetry code so that nothing it throws reaches the application; `undefined` where it threw. */
export function contain<T>(place: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    reportOnce(place, error);
    return undefined;
  }
}
