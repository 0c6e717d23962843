import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AlertLog, firingAlerts } from "../../scripts/scenario/alerts.ts";
import { SCENARIOS, SCENARIO_NAMES } from "../../scripts/scenario/catalog.ts";
import type { ScenarioName } from "../../scripts/scenario/catalog.ts";
import { EXPECTED } from "../../scripts/scenario/expected.ts";
import { writeScaledRules } from "../../scripts/scenario/rules.ts";
import { startScenario } from "../../scripts/scenario/run.ts";
import { start } from "../support/process.ts";
import { Prometheus } from "./support/prometheus.ts";
import { removeServers, temporaryFolder } from "./support/server.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const ALERTS = join(PROJECT, "alerts");
const RUNNER = join(PROJECT, "scripts/scenario.ts");
/** A second is a minute. */
const SCALE = 60;
/** Minutes of a scenario that an alert which is expected may come late. */
const LATE = 20;

let prometheus: Prometheus;
/** Runs up to now; each has services of its own, so that a second attempt knows nothing of the first. */
let runs = 0;

beforeAll(async () => {
  const rules = writeScaledRules(ALERTS, SCALE, join(temporaryFolder("scenario"), "rules"));
  // How long a sample is taken for the present, 5 minutes by default, is a time of the rules too.
  prometheus = await Prometheus.create({ ruleFiles: rules, flags: [`--query.lookback-delta=${300 / SCALE}s`] });
  await prometheus.start();
  // The scenarios' processes have it from here.
  Object.assign(process.env, {
    OTEL_TRACES_EXPORTER: "none",
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${prometheus.otlp}/v1/metrics`,
  });
});

afterAll(removeServers);

/** What a scenario made of the rules. */
interface Finding {
  readonly fired: readonly string[];
  /** The most connections at a time, as the clients counted them and as the recording rule did. */
  readonly open: number;
  readonly recorded: number | undefined;
}

/** Runs a scenario to its end, and longer where alerts that are expected are late. */
async function find(name: ScenarioName): Promise<Finding> {
  runs += 1;
  const service = `${name}-${runs}`;
  const run = await startScenario(name, { scale: SCALE, service, onLine: (line) => console.log(name, line) });
  const log = new AlertLog();
  const { minutes } = SCENARIOS[name];
  let open = 0;
  try {
    while (run.clock.now < minutes || (run.clock.now < minutes + LATE && log.missing(EXPECTED[name]).length > 0)) {
      await Promise.race([run.clock.pause(0.5), run.failed]);
      log.note(await firingAlerts(prometheus.url, run.services), run.clock.now);
      open = Math.max(open, run.tally.open);
    }
  } finally {
    await run.stop();
  }
  const times = [...log.fired].map(([key, minute]) => `${minute.toFixed(0)} ${key}`);
  console.log(`${name}: ${times.join(", ")}; clients: ${JSON.stringify(run.tally)}`);
  const recorded = await prometheus.value(
    `max_over_time(job:websocket_server_active_connections:sum{job="${service}"}[10m])`,
  );
  return { fired: [...log.fired.keys()].sort(), open, recorded };
}

describe.concurrent("of a real server and real clients, exactly the expected alerts fire in a real Prometheus", () => {
  test.each(SCENARIO_NAMES)("%s", { timeout: 120_000, retry: 1 }, async (name) => {
    const { fired, open, recorded } = await find(name);
    expect(fired).toEqual([...EXPECTED[name]].sort());
    // The rules have seen the connections: an alert that does not fire has looked.
    expect(recorded).toBeGreaterThan(0.9 * open);
    expect(open).toBeGreaterThan(50);
  });
});

describe("npm run scenario", () => {
  test("says what the clients did and which alerts fire", async () => {
    const args = [
      "backend-outage",
      "--duration",
      "24s",
      "--prometheus",
      prometheus.url,
      "--service",
      "from-a-terminal",
    ];
    const { code, stdout, stderr } = await start(process.execPath, [RUNNER, ...args], PROJECT, {
      OTEL_TRACES_EXPORTER: "none",
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${prometheus.otlp}/v1/metrics`,
    }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^minute 5: \d+ connections open, \d+ accepted, 0 refused$/m);
    expect(stdout).toMatch(/^minute 20: outage$/m);
    expect(stdout).toMatch(/^minute 2\d: fires: warning WebSocketServerInternalErrors$/m);
    expect(stdout).toMatch(/^Connections that ended, by the code that the client saw: 1000: \d+, .*1011: \d+$/m);
    expect(stdout).toMatch(/^Expected, and did not fire: .*critical WebSocketServerNoConnections/m);
    expect(stdout).toMatch(/^Fired, and were not expected: none$/m);
  });
});

describe("the rules at the pace of the scenarios", () => {
  test("were all evaluated without an error", async () => {
    const rules = await prometheus.rules();
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
    expect(rules.length).toBeGreaterThan(40);
  });
});
