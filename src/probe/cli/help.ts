import { optionGroups, probeOptions } from "./options.ts";
import type { ProbeOption } from "./options.ts";

const column = 26;

/** What follows `otel-ws probe` in the help of the command. */
export function probeHelp(): string {
  return `[options] URL…
       otel-ws probe [options] --config FILE

Checks WebSocket endpoints as a client would: resolves, connects, upgrades, sends and expects
messages, closes; says how long each took, and exports that to OpenTelemetry if you like.

  otel-ws probe wss://example.com/chat
  otel-ws probe wss://example.com/chat --send hello --expect-contains hello --within 2s
  otel-ws probe wss://example.com/chat --expect-status 401
  otel-ws probe wss://example.com/chat --duration 10m --max-rtt 200ms
  otel-ws probe --config probes.yaml --interval 30s --endpoint http://localhost:4318

Times are written 500ms, 10s, 1.5m, 2h or 14d.

${optionGroups.map((group) => `${group}:\n${optionsOf(group)}`).join("\n")}  ${"-h, --help".padEnd(column)}Show this help

Exit codes: 0 up, 1 down, 2 wrong usage, 3 degraded; of many checks, the worst.
`;
}

function optionsOf(group: (typeof optionGroups)[number]): string {
  const own = Object.entries(probeOptions).filter(([, option]) => option.group === group);
  return own.map(([name, option]) => entry(name, option)).join("");
}

function entry(name: string, { short, label, help }: Pick<ProbeOption<never>, "short" | "label" | "help">): string {
  const left = `${short === undefined ? "" : `-${short}, `}--${name}${label === "" ? "" : ` ${label}`}`;
  const [first, ...more] = help.split("\n");
  return [`  ${left.padEnd(column - 1)} ${first}\n`, ...more.map((line) => `  ${" ".repeat(column)}${line}\n`)].join(
    "",
  );
}
