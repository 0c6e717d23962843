/**
 * Starts all servers, prints one line of JSON, `{ name: URL, "name.resolver": address, "name.proxy": URL }`, and ends on
 * SIGTERM or when stdin ends.
 */
import { servers } from "./index.ts";
import { certificateFile } from "./tls.ts";

const running = await Promise.all(
  Object.entries(servers).map(async ([name, start]) => ({ name, server: await start() })),
);
const places: Record<string, string> = { ca_file: certificateFile("ca.pem") };
for (const { name, server } of running) {
  places[name] = server.url;
  for (const [extra, value] of Object.entries(server.extras ?? {})) places[`${name}.${extra}`] = value;
}
process.stdout.write(`${JSON.stringify(places)}\n`);

async function stop(): Promise<void> {
  await Promise.all(running.map(async ({ server }) => server.close()));
  process.exit(0);
}
process.once("SIGTERM", () => void stop());
process.stdin.once("end", () => void stop());
process.stdin.resume();
