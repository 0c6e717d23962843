import type { ToChild, ToParent } from "./messages.ts";

/** The link of one of the demo's child processes to its parent. */
export function linkToParent(on: {
  start?: (message: ToChild & { kind: "start" }) => void;
  stop: () => Promise<void>;
}): {
  ready(port?: number): void;
} {
  // A parent that was killed must not leave children behind.
  process.on("disconnect", () => process.exit(1));
  process.on("message", (message: ToChild) => {
    if (message.kind === "start") on.start?.(message);
    // As an orchestrator ends a process: the telemetry that is left goes out on SIGTERM.
    else void on.stop().finally(() => process.kill(process.pid, "SIGTERM"));
  });
  return {
    ready: (port) => process.send?.({ kind: "ready", ...(port !== undefined && { port }) } satisfies ToParent),
  };
}
