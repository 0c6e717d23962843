/** The closing handshake (RFC 6455 section 7). */
import { CLOSE_ABNORMAL, closeErrorType } from "../core/close.ts";
import type { Connection } from "./connection.ts";
import { settles } from "./limit.ts";
import { endingFailure } from "./problem.ts";
import type { Ending } from "./problem.ts";
import type { RunRecord } from "./record.ts";
import { duration, printable } from "./text.ts";
import type { ProbeProblem } from "./types.ts";

/** How long the peer may take to end the transport when both close frames are through, and the system to close it. */
const GRACE = 250;
/** Codes with which a server may end a conversation that is over. */
const PEACEFUL: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/**
 * Closes the connection, waits for the answer at most so many milliseconds, and records how it went. Whatever happens,
 * nothing of the connection is left. Resolves with why the close was not as it has to be. @throws ProbeFailure where the server had closed it for a reason of its own
 */
export async function close(
  connection: Connection,
  milliseconds: number,
  record: RunRecord,
): Promise<ProbeProblem | undefined> {
  const begun = connection.ending === undefined;
  const warning = begun ? await shakeHands(connection, milliseconds, record) : undefined;
  connection.terminate();
  const ending: Ending = connection.ending ?? { code: CLOSE_ABNORMAL, reason: "" };
  const { code, reason } = ending;
  const initiator = begun || connection.broken ? "client" : code === CLOSE_ABNORMAL ? "none" : "server";
  record.close = { code, reason: printable(reason, 256), initiator, clean: code !== CLOSE_ABNORMAL };
  if (failed(connection, begun, code)) throw endingFailure(ending, "close", connection.where);
  return warning;
}

function failed({ broken }: Connection, begun: boolean, code: number): boolean {
  if (broken) return true;
  // An answer repeats our code; a code of failure is a server's own, which closed at the same time.
  return begun ? code !== CLOSE_ABNORMAL && closeErrorType(code) !== undefined : !PEACEFUL.has(code);
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
    phase.end(undefined, at);
    return undefined;
  }
  const type = finished ? "unclean_close" : "close_timeout";
  phase.end(type, at);
  const message = finished
    ? `${where} ended the transport instead of answering the close frame`
    : `${where} did not answer the close frame within ${duration(milliseconds)}`;
  return { type, phase: "close", message };
}
