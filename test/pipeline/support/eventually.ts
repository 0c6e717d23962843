/**
 * Tries until nothing is thrown: for what another process does and tells nobody of.
 * @throws the last error, after `timeout` milliseconds
 */
export async function eventually<T>(attempt: () => Promise<T> | T, timeout = 30_000): Promise<T> {
  const until = performance.now() + timeout;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
}

/** Waits until a number is the expected one. @throws Error with the last one, after `timeout` milliseconds */
export async function reaches(read: () => Promise<number>, expected: number, timeout?: number): Promise<void> {
  await eventually(async () => {
    const found = await read();
    if (found !== expected) throw new Error(`expected ${expected}, and it is ${found}`);
  }, timeout);
}
