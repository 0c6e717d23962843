/**
 * Runs what `begin` begins until it settles, the time is over, or `outer` aborts. `begin` gets a signal whose abort
 * tells it to leave nothing behind; its promise is not waited for then.
 */
export async function limited<T>(
  milliseconds: number,
  outer: AbortSignal,
  late: () => Error,
  begin: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let abort!: (reason: unknown) => void;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = (reason) => {
      controller.abort(reason);
      reject(reason);
    };
  });
  const timer = setTimeout(() => abort(late()), milliseconds);
  // What can be had at once is had, also where `outer` has aborted: hence this order.
  const result = begin(controller.signal);
  const done = onAbort(outer, abort);
  try {
    return await Promise.race([result, aborted]);
  } finally {
    clearTimeout(timer);
    done();
  }
}

/** Calls `tidy` when `signal` aborts, at once where it has; returns what ends that. */
export function onAbort(signal: AbortSignal, tidy: (reason: Error) => void): () => void {
  const listener = (): void => tidy(signal.reason as Error);
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/** Waits. @throws the signal's reason when it aborts */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      done();
      resolve();
    }, milliseconds);
    const done = onAbort(signal, (reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}

/** Whether `promise`, which never rejects, settles in time. */
export async function settles(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, milliseconds, false)));
  const settled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}

/** The time that a run has. */
export class Budget {
  #end: number;
  /** In milliseconds. */
  readonly total: number;

  constructor(total: number) {
    this.total = total;
    this.#end = performance.now() + total;
  }

  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** Runs something whose time is not of this budget. */
  async without<T>(run: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await run();
    } finally {
      this.#end += performance.now() - from;
    }
  }
}
