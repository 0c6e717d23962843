/** When a command that goes on is over. */
export interface End {
  /** Resolves when the time is up or a first signal came; rejects with the reason of a failure. */
  readonly reached: Promise<void>;
  /** From now on, the command lasts this many seconds. */
  after(seconds: number): void;
  fail: (reason: string) => void;
}

/** Exit code of a process that Ctrl-C ended: 128 and the number of SIGINT. */
const interrupted = 130;

/** Follows the signals that end a command: the first asks for an orderly end, the second ends the process at once. */
export function watchForEnd(): End {
  let end = (): void => {};
  let fail: End["fail"] = () => {};
  const reached = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = (reason) => reject(new Error(reason));
  });
  // It may fail before somebody waits for it.
  reached.catch(() => {});
  let signalled = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (signalled) process.exit(interrupted);
      signalled = true;
      end();
    });
  }
  // What reads the output has gone: `otel-ws … | head`.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", end);
  return {
    reached,
    after: (seconds) => void setTimeout(end, seconds * 1000).unref(),
    fail,
  };
}
