import { startProbes } from "../schedule.ts";
import type { RunningProbes } from "../schedule.ts";
import type { ProbeResult } from "../types.ts";
import { distinctGroups } from "./checks.ts";
import type { NamedCheck } from "./checks.ts";
import { History } from "./history.ts";
import { exitCode, wasAborted } from "./outcome.ts";
import type { Output, Settings } from "./plan.ts";
import { Progress } from "./progress.ts";
import { showFor } from "./show.ts";
import type { Terminal } from "./terminal.ts";

/** Milliseconds over which the starts of checks that run once are spread. */
const spread = 100;
const defaultConcurrency = 50;

/** What a session needs from outside. */
export interface SessionContext {
  readonly terminal: Terminal;
  readonly output: Output;
  /** Resolves when the user wants it to end. */
  readonly stopped: Promise<void>;
}

/** Runs checks, once or again and again, and shows what they find; resolves with the exit code. */
export async function runSession(
  checks: readonly NamedCheck[],
  settings: Settings,
  { terminal, output, stopped }: SessionContext,
): Promise<number> {
  const isSeries = settings.interval !== undefined;
  const histories = new Map(checks.map(({ label }) => [label, new History()]));
  const show = showFor(output, isSeries, histories, terminal);
  const progress = output === "quiet" ? undefined : new Progress(terminal, isSeries ? undefined : checks.length);
  const ended = (result: ProbeResult, label: string): void => {
    progress?.ended(label);
    // What the end of a series cuts short says nothing about the target.
    if (isSeries && wasAborted(result)) return;
    show.result(result, label, histories.get(label)?.add(result));
  };
  const running = distinctGroups(checks).map((group, _, groups) => start(group, groups.length));
  function start(group: ReadonlyMap<string, NamedCheck>, groups: number): RunningProbes {
    const label = (name: string): string => group.get(name)?.label ?? name;
    const targets = [...group.values()].map(({ target }) => target);
    return startProbes(targets, {
      interval: settings.interval ?? spread,
      count: isSeries ? settings.count : 1,
      concurrency: Math.ceil((settings.concurrency ?? defaultConcurrency) / groups),
      location: settings.location,
      onResult: (result) => ended(result, label(result.name)),
      onMissed: (name) => {
        const text = `${label(name)}: a run was left out, because the one before had not ended`;
        if (output !== "quiet") terminal.note([{ text, style: "dim" }]);
      },
      onProgress: (name, facts) => {
        progress?.held(label(name), facts, (group.get(name)?.target.hold?.duration ?? 0) / 1000);
      },
    });
  }
  await Promise.race([Promise.all(running.map(({ done }) => done)), stopped]);
  await Promise.all(running.map((probes) => probes.stop()));
  progress?.stop();
  show.end();
  return exitCode([...histories.values()].flatMap(({ last }) => last ?? []));
}
