import { startProbes } from "../schedule.ts";
import type { CheckId } from "../types.ts";
import { keyOf } from "./checks.ts";
import type { NamedCheck } from "./checks.ts";
import { History } from "./history.ts";
import { exitCode, wasAborted } from "./outcome.ts";
import type { Output, Settings } from "./plan.ts";
import { Progress } from "./progress.ts";
import { showFor } from "./show.ts";
import type { Terminal } from "./terminal.ts";

/** Milliseconds over which the starts of checks that run once are spread. */
const spread = 100;

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
  const known = new Map(checks.map((check) => [keyOf(check.id), check]));
  const labelOf = (id: CheckId): string => known.get(keyOf(id))?.label ?? id.name;
  const running = startProbes(
    checks.map(({ target }) => target),
    {
      interval: settings.interval ?? spread,
      count: isSeries ? settings.count : 1,
      concurrency: settings.concurrency,
      location: settings.location,
      onResult: (result) => {
        const label = labelOf(result);
        progress?.ended(label);
        // What the end of a series cuts short says nothing about the target.
        if (isSeries && wasAborted(result)) return;
        show.result(result, label, histories.get(label)?.add(result));
      },
      onMissed: (id) => {
        const text = `${labelOf(id)}: a run was left out, because the one before had not ended`;
        if (output !== "quiet") terminal.note([{ text, style: "dim" }]);
      },
      onProgress: (id, facts) => {
        progress?.held(labelOf(id), facts, (known.get(keyOf(id))?.target.hold?.duration ?? 0) / 1000);
      },
    },
  );
  await Promise.race([running.done, stopped]);
  await running.stop();
  progress?.stop();
  show.end();
  return exitCode([...histories.values()].flatMap(({ last }) => last ?? []));
}
