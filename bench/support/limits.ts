/** How many sockets a process may have open. */

/** Files that a process has open apart from the connections that it measures. */
const RESERVED = 250;

/** `wanted` connections, or as many as the limit on open files leaves room for. Node raises its own to the hard one. */
export function affordable(wanted: number): number {
  const report = process.report.getReport() as unknown as { userLimits?: { open_files?: { soft: number | string } } };
  const limit = Number(report.userLimits?.open_files?.soft ?? Number.NaN);
  return Number.isNaN(limit) ? wanted : Math.min(wanted, limit - RESERVED);
}
