import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ATTR_ERROR_TYPE,
  ATTR_WEBSOCKET_PROBE_NAME,
  ATTR_WEBSOCKET_PROBE_RESULT,
  METRIC_WEBSOCKET_PROBE_RUNS,
} from "../../src/semconv.ts";
import { startServers } from "../probe/behaviour/check.ts";
import type { ServerProcess } from "../probe/behaviour/check.ts";
import { misbehaviours } from "../probe/behaviour/misbehaviours.ts";
import { latest } from "../support/query.ts";
import type { FoundPoint } from "../support/query.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import type { ReceiverProcess } from "../support/receiver.ts";
import { Collector } from "./support/collector.ts";
import { removeServers } from "./support/server.ts";

/** The receiver asks the system's resolver and no other. */
const entries = Object.entries(misbehaviours).filter(([, { target }]) => target?.resolver === undefined);

let servers: ServerProcess;
let receiver: ReceiverProcess;

beforeAll(async () => {
  servers = await startServers();
  receiver = await startReceiverProcess();
  const targets = entries.map(([name, { target = {} }]) => ({
    name,
    endpoint: servers.places[name],
    ...withPlaces(target, servers.places),
  }));
  const collector = await Collector.create({
    OTELCOL_METRICS_FROM: "[websocketcheck]",
    OTELCOL_METRICS_TO: "[otlp_http/backend]",
    BACKEND_ENDPOINT: receiver.url,
    OTELCOL_CHECKS: JSON.stringify(targets),
    OTELCOL_CHECK_INTERVAL: "5s",
  });
  await collector.start();
});

afterAll(async () => {
  await removeServers();
  await servers.stop();
  // Holds everything that the receiver sent against the registry.
  await receiver.stop();
});

/** Values that begin with `$` stand for what the servers' process printed. */
function withPlaces(value: object, places: Readonly<Record<string, string>>): object {
  return JSON.parse(
    JSON.stringify(value, (_key, entry: unknown) =>
      typeof entry === "string" && entry.startsWith("$") ? places[entry.slice(1)] : entry,
    ),
  ) as object;
}

/** Name, result and `error.type` of a series of runs. */
function outcome({ attributes }: FoundPoint): readonly [name: string, outcome: string] {
  const [name, result, type] = [ATTR_WEBSOCKET_PROBE_NAME, ATTR_WEBSOCKET_PROBE_RESULT, ATTR_ERROR_TYPE].map(
    (key) => attributes[key] as string | undefined,
  );
  return [name!, `${result} ${type}`];
}

const expected = Object.fromEntries(entries.map(([name, { result, errorType }]) => [name, `${result} ${errorType}`]));

test("the Collector's receiver finds what the probe finds, at each server that misbehaves", async () => {
  // On a machine that stalls, the first runs of a hundred at once may be too late for their timeouts of 300 ms.
  const unexpected = await receiver.waitFor(
    (telemetry) => {
      const found = latest(telemetry, METRIC_WEBSOCKET_PROBE_RUNS).map(outcome);
      const right = found.filter(([name, outcome]) => expected[name] === outcome);
      expect(Object.fromEntries(right)).toEqual(expected);
      return found.filter((one) => !right.includes(one));
    },
    { timeout: 60_000 },
  );
  expect(unexpected.filter(([, outcome]) => !outcome.endsWith("_timeout"))).toEqual([]);
});
