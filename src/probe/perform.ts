/** The steps of a check on an open connection. */
import type { Connection } from "./connection.ts";
import type { Matcher, ReceivedMessage } from "./expectation.ts";
import { limited, pause } from "./limit.ts";
import type { Budget } from "./limit.ts";
import { ProbeFailure, anyFailure, closeCode, endingFailure, lateFailure } from "./problem.ts";
import type { OpenPhase, RunRecord } from "./record.ts";
import type { ResolvedStep } from "./steps.ts";
import { duration, excerpt } from "./text.ts";

/** What steps need besides the connection. */
export interface Performance {
  readonly record: RunRecord;
  readonly budget: Budget;
  /** In milliseconds. */
  readonly maxRoundTrip: number | undefined;
}

/** Goes through the steps. @throws ProbeFailure of the first one that fails */
export async function perform(
  connection: Connection,
  steps: readonly ResolvedStep[],
  performance: Performance,
): Promise<void> {
  for (const step of steps) {
    if (step.kind !== "expectClose" && step.kind !== "expect") connection.signal.throwIfAborted();
    await performStep(connection, step, performance);
  }
}

async function performStep(connection: Connection, step: ResolvedStep, performance: Performance): Promise<void> {
  switch (step.kind) {
    case "send":
      connection.send(step.data);
      return;
    case "ping":
      await ping(connection, step.within, performance);
      return;
    case "expect":
      await expectMessage(connection, step.matcher, step.within, performance);
      return;
    case "expectClose":
      await expectClose(connection, step.code, step.within, performance);
      return;
    case "wait":
      await wait(connection, step.time, performance.budget);
  }
}

async function ping(connection: Connection, within: number, performance: Performance): Promise<void> {
  const { record, budget } = performance;
  const time = Math.min(within, budget.left);
  const late = (): ProbeFailure => {
    const message = `${connection.where} did not answer a ping within ${duration(time)}`;
    return new ProbeFailure("pong_timeout", "message", message);
  };
  const phase = record.begin("message", "ping");
  const at = await failing(phase, () => limited(time, connection.signal, late, (signal) => connection.ping(signal)));
  complete(phase, at, performance);
}

async function expectMessage(
  connection: Connection,
  matcher: Matcher,
  within: number,
  performance: Performance,
): Promise<void> {
  const { record, budget } = performance;
  const time = Math.min(within, budget.left);
  const { sentAt, openedAt, inbox } = connection;
  const phase = record.begin("message", matcher.description, sentAt ?? openedAt);
  const late = (): ProbeFailure => missingMessage(connection, matcher, time);
  const message = await failing(phase, () =>
    limited(time, connection.signal, late, (signal) => inbox.take(matcher, signal)),
  );
  // It may have come before the last thing was sent, to which it is no answer then.
  if (sentAt !== undefined && message.at < sentAt) {
    phase.from = openedAt;
    phase.end(undefined, message.at);
  } else if (sentAt === undefined) phase.end(undefined, message.at);
  else complete(phase, message.at, performance);
}

function missingMessage(connection: Connection, matcher: Matcher, time: number): ProbeFailure {
  const { where, inbox } = connection;
  const { passed, lastPassed } = inbox;
  const expected = `${matcher.description} was expected from ${where} within ${duration(time)}`;
  if (passed === 0 || lastPassed === undefined) {
    const came = passed === 0 ? "nothing came" : `only ${passed} came`;
    return new ProbeFailure("message_timeout", "message", `${expected}, and ${came}`);
  }
  const others = passed === 1 ? "another message came" : `${passed} others came, the last one`;
  const message = `${expected}, and ${others}: ${received(lastPassed, connection)}`;
  return new ProbeFailure("unexpected_message", "message", message);
}

/** Of a message, for people. */
function received({ data }: ReceivedMessage, connection: Connection): string {
  if (typeof data === "string") return `"${excerpt(connection.shown(data))}"`;
  // What looks like text tells best why a text was not found.
  const text = data.subarray(0, 1024).toString();
  const shown = connection.shown(text);
  const hex = shown === text ? `${excerpt(data.subarray(0, 40).toString("hex"), 40)}, ` : "";
  return `a binary message of ${data.length} bytes (${hex}"${excerpt(shown, 60)}")`;
}

async function expectClose(
  connection: Connection,
  code: number,
  within: number,
  { record, budget }: Performance,
): Promise<void> {
  const time = Math.min(within, budget.left);
  const { sentAt, openedAt, where, signal } = connection;
  const phase = record.begin("message", `close ${code}`, sentAt ?? openedAt);
  const expected = `${where} was expected to close the connection with ${closeCode(code)}`;
  await failing(phase, async () => {
    const outcome = await pause(time, signal).catch((reason: unknown) => reason);
    const { ending } = connection;
    if (ending === undefined) {
      if (outcome !== undefined) throw outcome;
      throw new ProbeFailure("message_timeout", "message", `${expected} within ${duration(time)}, and did not`);
    }
    if (ending.code === code && ending.error === undefined) return;
    const failure = endingFailure(ending, "message", where);
    throw new ProbeFailure(
      failure.type,
      "message",
      `${failure.message}; ${closeCode(code)} was expected`,
      failure.code,
    );
  });
  connection.endingExpected = true;
  phase.end();
}

async function wait(connection: Connection, time: number, budget: Budget): Promise<void> {
  const { left } = budget;
  await pause(Math.min(time, left), connection.signal);
  if (time > left) throw lateFailure("message", connection.where, budget.total);
}

async function failing<T>(phase: OpenPhase, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failure = anyFailure(error, "message");
    phase.end(failure.type);
    throw failure;
  }
}

/** Ends the phase of a round trip, which may have been slow. */
function complete(phase: OpenPhase, at: number, { record, maxRoundTrip }: Performance): void {
  phase.end(undefined, at);
  const took = at - phase.from;
  if (maxRoundTrip === undefined || took <= maxRoundTrip) return;
  const limit = duration(maxRoundTrip);
  const message = `a round trip (${phase.detail}) took ${duration(took)}, more than ${limit}`;
  record.warn({ type: "slow_round_trip", phase: "message", message });
}
