import { createServer } from "node:net";
import { killChildren, startChild } from "./children.ts";
import type { Child } from "./children.ts";
import { watchForEnd } from "../cli/end.ts";
import { childEnvironment } from "./environment.ts";
import { openScreen, updateIntervals } from "./screen.ts";
import type { Screen } from "./screen.ts";
import { endpointView, services, tableView } from "./view.ts";
import type { View } from "./view.ts";

/** What to run, and for how long. */
export interface DemoOptions {
  clients: number;
  /** Seconds; `undefined` until a signal. */
  duration: number | undefined;
  /** An OTLP endpoint to send to instead of the demo's own receiver. */
  endpoint: string | undefined;
}

/** Runs the demo until its time is over or a signal ends it; resolves with the exit code. */
export async function runDemo({ clients, duration, endpoint }: DemoOptions): Promise<number> {
  const screen = openScreen();
  const end = watchForEnd();
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  let view: View | undefined;
  let stopDrawing = (): void => {};
  try {
    view = await (endpoint === undefined ? tableView(screen) : endpointView(endpoint));
    stopDrawing = draw(screen, view, elapsed);
    const { endpoint: target } = view;
    const start = (script: keyof typeof services): Promise<Child> => {
      const env = childEnvironment(services[script], target, endpoint !== undefined);
      return startChild({ script, env, onLine: screen.note, onDeath: end.fail });
    };
    const [closedPort, clientProcess, server] = await Promise.all([unusedPort(), start("clients"), start("server")]);
    if (server.port !== undefined) clientProcess.send({ kind: "start", port: server.port, closedPort, clients });
    if (duration !== undefined) end.after(duration);
    await end.reached;
    // Clients first: the server's telemetry then has how their connections ended.
    await clientProcess.stop();
    await server.stop();
    await view.close();
    stopDrawing();
    screen.finish(view.last(elapsed()));
    return 0;
  } catch (error) {
    stopDrawing();
    killChildren();
    await view?.close();
    screen.note(`otel-ws demo: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function draw(screen: Screen, view: View, elapsed: () => number): () => void {
  const update = (): void => screen.update(view.full(elapsed()), view.short(elapsed()));
  const drawing = setInterval(update, screen.height === undefined ? updateIntervals.plain : updateIntervals.terminal);
  update();
  return () => clearInterval(drawing);
}

/** A port where nothing listens, or not for long. */
function unusedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
