import { diag } from "@opentelemetry/api";

/** How long the end of a process waits for the last telemetry, in milliseconds. */
const LIMIT = 5000;

/** Waits for the last telemetry to be sent, but not for ever; resolves with whether it was sent in time. */
export async function settle(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, LIMIT, false);
  });
  const inTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  if (!inTime) diag.error(`the last telemetry was not sent within ${LIMIT / 1000} s`);
  return inTime;
}
