import { watchForEnd } from "../../cli/end.ts";
import { UsageError } from "../../cli/options.ts";
import { redactUrl } from "../../telemetry/redact.ts";
import { startExport } from "../export.ts";
import type { Export } from "../export.ts";
import { readProbeArguments } from "./arguments.ts";
import type { ProbeArguments } from "./arguments.ts";
import { namedChecks } from "./checks.ts";
import type { ConfiguredTarget, Settings } from "./plan.ts";
import { runSession } from "./session.ts";
import { openTerminal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { count } from "./units.ts";

/** `otel-ws probe`: resolves with the exit code. */
export async function probeCommand(args: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  const given = readProbeArguments(args);
  const plan = await planOf(given, terminal);
  if (plan === undefined) return 2;
  const checks = namedChecks(plan.targets);
  if (given.checkConfig) {
    if (given.output === "report") terminal.print(`${given.config}: ${count(checks.length, "check")}, nothing wrong`);
    return 0;
  }
  if (given.endpoint !== undefined) exportTo(given.endpoint);
  const { reached: stopped } = watchForEnd();
  const exported = startExport(checks.length);
  const isSeries = plan.settings.interval !== undefined;
  if (isSeries && given.output !== "quiet") terminal.note([{ text: destination(exported), style: "dim" }]);
  try {
    const code = await runSession(checks, plan.settings, { terminal, output: given.output, stopped });
    if (!isSeries && given.output === "report" && exported.signals.length === 0 && terminal.isWatched) {
      terminal.note([]);
      terminal.note([{ text: destination(exported), style: "dim" }]);
    }
    return code;
  } finally {
    await exported.shutdown();
  }
}

interface Plan {
  readonly targets: readonly ConfiguredTarget[];
  readonly settings: Settings;
}

/** What the command line and the file say together; `undefined` where the file is wrong, which was told then. */
async function planOf({ config, targets, settings }: ProbeArguments, terminal: Terminal): Promise<Plan | undefined> {
  if (config === undefined) return { targets, settings };
  // Parsers of YAML and schemas take a while to load.
  const { readConfig } = await import("./config-file.ts");
  const file = readConfig(config);
  if ("problems" in file) {
    for (const text of file.problems) terminal.note([{ text }]);
    return undefined;
  }
  const merged = { ...file.settings, ...definedOf(settings) };
  if (merged.count !== undefined && merged.interval === undefined) {
    throw new UsageError("probe: --count needs --interval, or an interval in the file");
  }
  return { targets: file.targets, settings: merged };
}

function definedOf(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** The endpoint is for all signals, whatever the environment says about some; other variables apply. */
function exportTo(endpoint: string): void {
  for (const name of Object.keys(process.env)) {
    if (/^OTEL_EXPORTER_OTLP_\w+_ENDPOINT$/.test(name)) delete process.env[name];
  }
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
}

function destination({ signals }: Export): string {
  if (signals.length === 0) {
    return "Nothing is exported: set OTEL_EXPORTER_OTLP_ENDPOINT, or add --endpoint http://localhost:4318";
  }
  const endpoint = process.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  return `Exporting ${signals.join(", ")}${endpoint === undefined ? "" : ` to ${redactUrl(endpoint)}`}`;
}
