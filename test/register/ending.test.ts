import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  EVENT_WEBSOCKET_CONNECTION_CLOSED,
  METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_CLIENT_MESSAGES,
  METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS,
  METRIC_WEBSOCKET_SERVER_MESSAGES,
} from "../../src/semconv.ts";
import { REGISTER, createApp } from "../support/app.ts";
import type { App } from "../support/app.ts";
import type { Ending, Running } from "../support/process.ts";
import { assertConforms } from "../support/conform.ts";
import { latest, logs, spans, sumOf } from "../support/query.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import type { Collected, ReceiverProcess } from "../support/receiver.ts";
import { allArrived } from "./traffic.ts";

const FILE = "ending.cjs";
/** How long the end waits for the last telemetry, and what a busy machine may add to that. */
const LIMIT = 5000;
const SLACK = 4000;

let app: App;
beforeAll(async () => {
  app = await createApp({ ws: "8" }, new URL("apps/", import.meta.url));
}, 120_000);
afterAll(() => app?.stop());

function start(receiver: ReceiverProcess, way: string, env: Record<string, string> = {}): Running {
  return app.run(FILE, { node: REGISTER, env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, WAY: way, ...env } });
}

async function endingOf(
  running: Running,
  signal?: NodeJS.Signals,
): Promise<Pick<Ending, "code" | "signal" | "stdout">> {
  await running.line(/^ready$/);
  if (signal !== undefined) running.kill(signal);
  const ended = await running.ended;
  return { code: ended.code, signal: ended.signal, stdout: ended.stdout };
}

/** Runs the application with and without this package; both must end alike. */
async function endsAlike(way: string, signal?: NodeJS.Signals): Promise<Collected> {
  const receiver = await startReceiverProcess();
  try {
    const registered = start(receiver, way);
    const [actual, expected] = await Promise.all([
      endingOf(registered, signal),
      endingOf(app.run(FILE, { env: { WAY: way } }), signal),
    ]);
    await allArrived(receiver);
    expect(actual).toEqual(expected);
    assertConforms(receiver.telemetry);
    return receiver.telemetry;
  } finally {
    await receiver.stop();
  }
}

const COMPLETE = { server: 6, client: 6, open: 0, spans: 2 };

function counted(telemetry: Collected): typeof COMPLETE {
  return {
    server: sumOf(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES),
    client: sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_MESSAGES),
    open:
      sumOf(telemetry, METRIC_WEBSOCKET_SERVER_ACTIVE_CONNECTIONS) +
      sumOf(telemetry, METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS),
    spans: spans(telemetry).length,
  };
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const from = performance.now();
  const result = await work;
  expect(performance.now() - from).toBeLessThan(milliseconds);
  return result;
}

describe.concurrent("the process ends as it would have ended, and everything is sent", () => {
  test.for([
    ["unhandled", "SIGTERM"],
    ["unhandled", "SIGINT"],
    ["gracefulOn", "SIGTERM"],
    ["gracefulOnce", "SIGTERM"],
    ["gracefulOnce", "SIGINT"],
    ["drain", undefined],
    ["workBeforeExit", undefined],
  ] as const)("%s %s", async ([way, signal]) => {
    expect(counted(await endsAlike(way, signal))).toEqual(COMPLETE);
  });

  test("connections that are open at a signal that nobody handles end with it", async () => {
    const telemetry = await endsAlike("unhandled", "SIGTERM");
    const shutdown = { "error.type": "shutdown" };
    const found = spans(telemetry, { attributes: shutdown });
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set([2, 3]));
    expect(found).toHaveLength(2);
    expect(found.every(({ status }) => status?.code === 2)).toBe(true);
    for (const name of [METRIC_WEBSOCKET_SERVER_CLOSED_CONNECTIONS, METRIC_WEBSOCKET_CLIENT_CLOSED_CONNECTIONS]) {
      expect(sumOf(telemetry, name, { ...shutdown, "websocket.close.class": "abnormal" })).toBe(1);
    }
    const events = logs(telemetry, { name: EVENT_WEBSOCKET_CONNECTION_CLOSED, attributes: shutdown });
    expect(events.map(({ spanId }) => spanId).sort()).toEqual(found.map(({ spanId }) => spanId).sort());
  });

  test("a worker thread has no signal handlers and sends when its event loop is empty", async () => {
    const receiver = await startReceiverProcess();
    try {
      const { code, stdout } = await start(receiver, "worker").ended;
      await allArrived(receiver);
      expect(code).toBe(0);
      expect(stdout.split("\n").sort().join("\n").trim()).toBe("0 listeners in the worker\nready\nworker ended with 4");
      expect(counted(receiver.telemetry)).toEqual(COMPLETE);
    } finally {
      await receiver.stop();
    }
  });
});

describe.concurrent("the process ends as it would have ended, whatever could not be sent", () => {
  test.for([
    ["exit", undefined],
    ["throw", undefined],
    ["reject", undefined],
    ["exitInHandler", "SIGTERM"],
    ["lastListener", "SIGTERM"],
    ["lastListener", "SIGINT"],
  ] as const)("%s %s", async ([way, signal]) => {
    await expect(endsAlike(way, signal)).resolves.toBeDefined();
  });

  test("an application that ignores the signal goes on, and its telemetry is sent at once", async () => {
    const receiver = await startReceiverProcess();
    const running = start(receiver, "ignore");
    try {
      await running.line(/^ready$/);
      running.kill("SIGTERM");
      await running.line(/^handled SIGTERM$/);
      await receiver.waitFor((telemetry) => latest(telemetry, METRIC_WEBSOCKET_SERVER_MESSAGES).length > 0);
      running.kill("SIGINT");
      await running.line(/^handled SIGINT$/);
      expect(counted(receiver.telemetry)).toEqual({ ...COMPLETE, open: 2, spans: 0 });
    } finally {
      running.kill("SIGKILL");
      await receiver.stop();
    }
  });
});

describe.concurrent("an endpoint that does not answer delays the end by 5 seconds at most", () => {
  const lost =
    /^(OpenTelemetry error: .*(not sent within 5 s|timed out)\)?\. Check OTEL_EXPORTER_OTLP_ENDPOINT.*\n){1,3}$/;

  test.for([
    ["unhandled", "SIGTERM", { code: null, signal: "SIGTERM" }],
    // The exports under way keep a process alive that would end by itself, for as long as they may take.
    ["gracefulOnce", "SIGTERM", { code: 0, signal: null }, { OTEL_EXPORTER_OTLP_TIMEOUT: "2000" }],
    ["drain", undefined, { code: 4, signal: null }],
  ] as const)("%s %s", async ([way, signal, expected, env]) => {
    const receiver = await startReceiverProcess();
    try {
      await receiver.behave("hang");
      const running = start(receiver, way, env);
      await running.line(/^ready$/);
      if (signal !== undefined) running.kill(signal);
      const ended = await within(LIMIT + SLACK, running.ended);
      expect(ended).toMatchObject(expected);
      expect(ended.stderr).toMatch(lost);
    } finally {
      await receiver.stop();
    }
  });

  test.for(["SIGTERM", "SIGINT"] as const)("a second signal (%s) ends the process at once", async (second) => {
    const receiver = await startReceiverProcess();
    try {
      await receiver.behave("hang");
      const running = start(receiver, "unhandled");
      await running.line(/^ready$/);
      running.kill("SIGTERM");
      await receiver.waitFor(({ requests }) => requests.length > 0);
      running.kill(second);
      expect(await within(2000, running.ended)).toMatchObject({ code: null, signal: second, stderr: "" });
    } finally {
      await receiver.stop();
    }
  });
});
