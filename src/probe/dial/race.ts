/** Connecting to whichever of several addresses answers first (RFC 8305). */
import { connect } from "node:net";
import type { Socket } from "node:net";
import { onAbort } from "../limit.ts";
import { ProbeFailure, transportFailure } from "../problem.ts";
import { endpoint } from "../text.ts";
import type { Address } from "./lookup.ts";
import type { Sockets } from "./sockets.ts";

/** RFC 8305 section 5: the Connection Attempt Delay. */
const ATTEMPT_DELAY = 250;
/** A name may have hundreds of addresses. */
const MAX_ATTEMPTS = 10;

/** What says more than that this system has no route to a family of addresses. */
const UNREACHABLE: ReadonlySet<string> = new Set(["ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"]);

/** The addresses of both families in turn, beginning with that of the first one (RFC 8305 section 4). */
export function interleaved(addresses: readonly Address[]): readonly Address[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  return first
    .flatMap((address, index) => [address, ...second.slice(index, index + 1)])
    .concat(second.slice(first.length))
    .slice(0, MAX_ATTEMPTS);
}

/** The first connection that is established; the others are given up. @throws ProbeFailure */
export function race(
  addresses: readonly Address[],
  port: number,
  sockets: Sockets,
  signal: AbortSignal,
): Promise<Socket> {
  const waiting = [...interleaved(addresses)];
  const attempts = new Set<Socket>();
  const failures: ProbeFailure[] = [];
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const end = (winner: Socket | undefined): void => {
      over = true;
      clearTimeout(timer);
      done();
      for (const attempt of attempts) if (attempt !== winner) attempt.destroy();
    };
    const done = onAbort(signal, (reason) => {
      end(undefined);
      reject(reason);
    });
    const next = (): void => {
      clearTimeout(timer);
      const address = waiting.shift();
      if (over || address === undefined) return;
      const socket = sockets.add(connect({ host: address.address, port, noDelay: true }));
      attempts.add(socket);
      socket.once("connect", () => {
        if (over) return;
        end(socket);
        resolve(socket);
      });
      socket.once("error", (error) => {
        attempts.delete(socket);
        if (over) return;
        failures.push(transportFailure(error, "connect", endpoint(address.address, port)));
        if (waiting.length > 0) next();
        else if (attempts.size === 0) {
          end(undefined);
          reject(worst(failures));
        }
      });
      if (waiting.length > 0) timer = setTimeout(next, ATTEMPT_DELAY);
    };
    next();
  });
}

function worst(failures: readonly ProbeFailure[]): ProbeFailure {
  const failure = failures.find(({ type }) => !UNREACHABLE.has(type)) ?? failures[0]!;
  if (failures.length === 1) return failure;
  const message = `${failure.message} (and ${failures.length - 1} more of its addresses failed)`;
  return new ProbeFailure(failure.type, failure.phase, message, failure.code);
}
