import { diag } from "@opentelemetry/api";
import { within } from "../within.ts";

/** How long the end of a process waits for the last telemetry, in milliseconds. */
const LIMIT = 5000;

/** Waits for the last telemetry to be sent, but not for ever; resolves with whether it was sent in time. */
export async function settle(work: Promise<void>): Promise<boolean> {
  const inTime = await within(LIMIT, work);
  if (!inTime) diag.error(`the last telemetry was not sent within ${LIMIT / 1000} s`);
  return inTime;
}
