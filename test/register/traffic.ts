import { expect } from "vitest";
import * as semconv from "../../src/semconv.ts";
import type { App } from "../support/app.ts";
import type { Ending } from "../support/process.ts";
import { REGISTER } from "../support/app.ts";
import { assertConforms } from "../support/conform.ts";
import { attrs, latest, spans, sumOf } from "../support/query.ts";
import type { Collected, ReceiverProcess } from "../support/receiver.ts";

/** What each message of `apps/traffic.cjs` has to count as: its type and its payload in bytes. */
const EXPECTED = {
  text: ["text", 5],
  multibyte: ["text", 13],
  emptyText: ["text", 0],
  number: ["text", 2],
  long: ["text", 80_000],
  buffer: ["binary", 1000],
  emptyBuffer: ["binary", 0],
  arrayBuffer: ["binary", 64],
  typedArray: ["binary", 20],
  dataView: ["binary", 9],
  binaryString: ["binary", 8],
  textBuffer: ["text", 8],
  textFragments: ["text", 8],
  binaryFragments: ["binary", 500],
  blob: ["binary", 18],
} as const;

type Name = keyof typeof EXPECTED;

/** All kinds of messages. */
export const ALL: readonly Name[] = Object.keys(EXPECTED) as Name[];
/** Those that every release of `ws` 7 and 8 can send. */
export const WITHOUT_BLOB: readonly Name[] = ALL.filter((name) => name !== "blob");

const SERVER_TIMES = 2;
const CLIENT_TIMES = 3;

export interface Exchange {
  readonly server: string;
  readonly client: string;
  readonly messages: readonly Name[];
  readonly deflate?: boolean;
  /** Arguments of node that register this package. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a server and a client of one connection, both registered, until both have ended. */
export async function exchange(
  app: App,
  receiver: ReceiverProcess,
  { server, client, messages, deflate = false, node = REGISTER, env = {} }: Exchange,
): Promise<{ server: Ending; client: Ending }> {
  const common = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    MESSAGES: messages.join(","),
    DEFLATE: deflate ? "1" : "0",
    ...env,
  };
  const serving = app.run(server, { node, env: common });
  const [, port] = await serving.line(/^listening (\d+)/);
  const url = `ws://127.0.0.1:${port}/chat`;
  const connecting = app.run(client, { node, env: { ...common, URL: url } });
  await serving.line(new RegExp(`^closed 1000 received ${messages.length * CLIENT_TIMES}$`));
  serving.kill("SIGTERM");
  const endings = { server: await serving.ended, client: await connecting.ended };
  await allArrived(receiver);
  expect(endings.client.stdout).toBe(`closed 1000 received ${messages.length * SERVER_TIMES}\n`);
  return endings;
}

/** Everything that the receiver has taken in up to now has arrived here: its messages come in order. */
export async function allArrived(receiver: ReceiverProcess): Promise<void> {
  await receiver.behave("accept");
}

/** Holds that both sides have reported every message and every byte, exactly once, and the connection. */
export function assertExact(telemetry: Collected, messages: readonly Name[], options: { sizes?: boolean } = {}): void {
  assertConforms(telemetry);
  const counts = { server: { sent: SERVER_TIMES, received: CLIENT_TIMES }, client: { sent: 0, received: 0 } };
  counts.client = { sent: counts.server.received, received: counts.server.sent };
  for (const role of ["server", "client"] as const) {
    for (const direction of ["sent", "received"] as const) {
      const times = counts[role][direction];
      expect(reported(telemetry, role, direction, options)).toEqual(expected(messages, times, options));
      expect(spanTotals(telemetry, role, direction)).toEqual([
        messages.length * times,
        sum(messages.map((name) => EXPECTED[name][1])) * times,
      ]);
    }
    const names = METRICS[role];
    expect(sumOf(telemetry, names.closed, { "websocket.close.code": 1000 })).toBe(1);
    expect(sumOf(telemetry, names.closed)).toBe(1);
    expect(sumOf(telemetry, names.active)).toBe(0);
    expect(latest(telemetry, names.handshakes, { "http.response.status_code": 101 })).toMatchObject([{ value: 1 }]);
  }
  const [server] = spans(telemetry, { name: "websocket /chat" });
  const [client] = spans(telemetry, { name: "websocket 127.0.0.1" });
  expect(server).toMatchObject({ traceId: client?.traceId, parentSpanId: client?.spanId });
  expect(spans(telemetry)).toHaveLength(2);
}

type Role = "server" | "client";
type Direction = "sent" | "received";

const METRICS = {
  server: {
    messages: semconv.METRIC_WEBSOCKET_SERVER_MESSAGES,
    io: semconv.METRIC_WEBSOCKET_SERVER_MESSAGE_IO,
    size: semconv.METRIC_WEBSOCKET_SERVER_MESSAGE_SIZE,
    closed: semconv.METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
    active: semconv.METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
    handshakes: semconv.METRIC_WEBSOCKET_SERVER_HANDSHAKE_DURATION,
  },
  client: {
    messages: semconv.METRIC_WEBSOCKET_CLIENT_MESSAGES,
    io: semconv.METRIC_WEBSOCKET_CLIENT_MESSAGE_IO,
    size: semconv.METRIC_WEBSOCKET_CLIENT_MESSAGE_SIZE,
    closed: semconv.METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
    active: semconv.METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS,
    handshakes: semconv.METRIC_WEBSOCKET_CLIENT_HANDSHAKE_DURATION,
  },
} as const;

function expected(messages: readonly Name[], times: number, { sizes = true }: { sizes?: boolean }): object {
  const of = (type: string): number[] =>
    messages.filter((name) => EXPECTED[name][0] === type).map((name) => EXPECTED[name][1]);
  const [text, binary] = [of("text"), of("binary")];
  return {
    text: [text.length * times, sum(text) * times],
    binary: [binary.length * times, sum(binary) * times],
    sizes: sizes ? [[messages.length * times, sum([...text, ...binary]) * times]] : [],
  };
}

function reported(telemetry: Collected, role: Role, direction: Direction, _options: object): object {
  const names = METRICS[role];
  const of = (type: string): number[] => {
    const attributes = { "websocket.message.direction": direction, "websocket.message.type": type };
    return [sumOf(telemetry, names.messages, attributes), sumOf(telemetry, names.io, attributes)];
  };
  const sizes = latest(telemetry, names.size, { "websocket.message.direction": direction });
  return { text: of("text"), binary: of("binary"), sizes: sizes.map(({ value, point }) => [value, point.sum]) };
}

function spanTotals(telemetry: Collected, role: Role, direction: Direction): unknown[] {
  const name = role === "server" ? "websocket /chat" : "websocket 127.0.0.1";
  const found = spans(telemetry, { name });
  expect(found).toHaveLength(1);
  const attributes = attrs(found[0]!);
  return [
    attributes[`websocket.connection.messages_${direction}`],
    attributes[`websocket.connection.bytes_${direction}`],
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
