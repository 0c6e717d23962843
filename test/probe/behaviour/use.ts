import { afterEach } from "vitest";

const running: { close: () => Promise<void> }[] = [];

/** What is in use is closed after the test. */
export async function use<S extends { close: () => Promise<void> }>(start: S | Promise<S>): Promise<S> {
  const server = await start;
  running.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ close }) => close()));
});
