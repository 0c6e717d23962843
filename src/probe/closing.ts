/** The closing handshake (RFC 6455 section 7). */
import { setImmediate } from "node:timers/promises";
import { CLOSE_ABNORMAL } from "../core/close.ts";
import type { Connection } from "./connection.ts";
import { settles } from "./limit.ts";
import { endingFailure } from "./problem.ts";
import type { Ending } from "./problem.ts";
import type { RunRecord } from "./record.ts";
import { duration, excerpt } from "./text.ts";
import type { ProbeProblem } from "./types.ts";

/** How long the peer may take to end the transport when both close frames are through, and the system to close it. */
const GRACE = 250;
/** Codes with which a server may end a conversation that is over. */
const PEACEFUL: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/**
 * Closes the connection, waits for the answer at most so many milliseconds, and records how it went. Whatever happens,
 * nothing of the connection is left. Resolves with why the close was not as it has to be.
 * @throws ProbeFailure where the server had closed it for a reason of its own
 */
export async function close(
  connection: Connection,
  milliseconds: number,
  record: RunRecord,
): Promise<ProbeProblem | undefined> {
  // What came together with the answer to the upgrade is read by then: some servers accept, and close at once.
  await setImmediate();
  const begun = connection.ending === undefined;
  const warning = begun ? await shakeHands(connection, milliseconds, record) : undefined;
  connection.terminate();
  const ending: Ending = connection.ending ?? { code: CLOSE_ABNORMAL, reason: "" };
  const { code, reason } = ending;
  // An answer repeats our code; another one is the server's own, which closed at the same time.
  const own = code !== CLOSE_ABNORMAL && !(begun && PEACEFUL.has(code));
  const initiator = own ? "server" : begun || connection.broken ? "client" : "none";
  record.close = { code, reason: excerpt(reason, 256), initiator, clean: code !== CLOSE_ABNORMAL };
  if (connection.endingExpected) return undefined;
  if (connection.broken || (own && !PEACEFUL.has(code)) || (!begun && code === CLOSE_ABNORMAL)) {
    throw endingFailure(ending, "close", connection.where);
  }
  return warning;
}

async function shakeHands(
  connection: Connection,
  milliseconds: number,
  record: RunRecord,
): Promise<ProbeProblem | undefined> {
  const phase = record.begin("close", "code 1000");
  connection.socket.close(1000);
  const finished = await settles(connection.finished, milliseconds);
  const at = performance.now();
  if (finished) await settles(connection.closed, GRACE);
  connection.terminate();
  await settles(connection.closed, GRACE);
  const { where, ending, broken } = connection;
  if (broken || (ending !== undefined && ending.code !== CLOSE_ABNORMAL)) {
    const calm = !broken && PEACEFUL.has(ending?.code ?? CLOSE_ABNORMAL);
    phase.end(calm || ending === undefined ? undefined : endingFailure(ending, "close", where).type, at);
    return undefined;
  }
  const type = finished ? "unclean_close" : "close_timeout";
  phase.end(type, at);
  const message = finished
    ? `${where} ended the transport instead of answering the close frame`
    : `${where} did not answer the close frame within ${duration(milliseconds)}`;
  return { type, phase: "close", message };
}
