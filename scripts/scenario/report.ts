/** A scenario as it is watched from a terminal. */
import { setTimeout as delay } from "node:timers/promises";
import type { End } from "../../src/cli/end.ts";
import { AlertLog, firingAlerts } from "./alerts.ts";
import { SCENARIOS } from "./catalog.ts";
import type { RunCommand } from "./command-line.ts";
import { EXPECTED } from "./expected.ts";
import { startScenario } from "./run.ts";
import type { RunningScenario } from "./run.ts";

/** Milliseconds between looks at the alerts, and between lines about the clients. */
const LOOK = 500;
const SAY = 5000;

/** Runs a scenario until its time is up or a signal ends it, and says what happens. */
export async function watchScenario(command: RunCommand, end: End, say: (line: string) => void): Promise<void> {
  const { name, scale, service, prometheus } = command;
  const { summary, minutes } = SCENARIOS[name];
  const milliseconds = command.duration ?? (minutes * 60_000) / scale;
  say(`${name}: ${summary}`);
  say(
    `It takes ${Math.round(milliseconds / 1000)} s, at ${scale} times the pace. Services: ${service}, ${service}-clients.`,
  );
  const run = await startScenario(name, { scale, service, onLine: say });
  const log = new AlertLog();
  const over = new AbortController();
  const saying = setInterval(() => say(progress(run)), SAY);
  const watching = prometheus === undefined ? Promise.resolve() : watchAlerts(prometheus, run, log, say, over.signal);
  try {
    end.after(milliseconds / 1000);
    await Promise.race([end.reached, run.failed, watching.then(() => end.reached)]);
    say(progress(run));
  } finally {
    clearInterval(saying);
    over.abort();
    await run.stop();
  }
  for (const line of ending(run, prometheus === undefined ? undefined : log, command)) say(line);
}

async function watchAlerts(
  prometheus: string,
  run: RunningScenario,
  log: AlertLog,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const minute = run.clock.now;
    for (const key of log.note(await firingAlerts(prometheus, run.services), minute)) {
      say(`minute ${minute.toFixed(0)}: fires: ${key}`);
    }
    await delay(LOOK, undefined, { signal }).catch(() => {});
  }
}

function progress({ clock, tally }: RunningScenario): string {
  return `minute ${clock.now.toFixed(0)}: ${tally.open} connections open, ${tally.accepted} accepted, ${tally.refused} refused`;
}

function ending({ tally }: RunningScenario, log: AlertLog | undefined, { name }: RunCommand): string[] {
  const codes = Object.entries(tally.closes).map(([code, times]) => `${code}: ${times}`);
  const expected = EXPECTED[name];
  const list = (title: string, keys: readonly string[]): string => `${title}: ${keys.join(", ") || "none"}`;
  return [
    list("Connections that ended, by the code that the client saw", codes),
    ...(log === undefined
      ? [list("Alerts that fire with the shipped rules", expected)]
      : [
          list("Alerts that fired", [...log.fired.keys()]),
          list("Expected, and did not fire", log.missing(expected)),
          list("Fired, and were not expected", log.unexpected(expected)),
        ]),
  ];
}
