import { probeHelp } from "../probe/cli/help.ts";

/** A command of `otel-ws`. */
export interface Command {
  /** One line in the list of commands. */
  summary: string;
  /** What follows the command's name in its help: the synopsis, then the options. */
  help: string;
  /** Loads what runs it, given the arguments after its name; that resolves with the exit code. */
  load(): Promise<(args: readonly string[]) => Promise<number>>;
}

/** The commands of `otel-ws` by name. What a command needs is loaded when it runs. */
export const commands: Record<string, Command> = {
  demo: {
    summary: "Run a chat and ticker server with clients, and watch its telemetry live",
    help: `[--duration SECONDS] [--clients N] [--endpoint URL]

Starts a WebSocket server and clients in processes of their own, instrumented by this package,
receives what they export over OTLP, and shows it in a table.

Options:
  --duration SECONDS  Stop after this time, up to 86400 (default: at Ctrl-C)
  --clients N         Clients at a time, 1 to 1000 (default: 20)
  --endpoint URL      Send to this OTLP endpoint instead, such as http://localhost:4318;
                      other OTEL_* variables apply, and no table is shown
  -h, --help          Show this help
`,
    load: async () => (await import("../demo/command.ts")).demo,
  },
  probe: {
    summary: "Check WebSocket endpoints, once or again and again",
    help: probeHelp(),
    load: async () => (await import("../probe/cli/command.ts")).probeCommand,
  },
};
