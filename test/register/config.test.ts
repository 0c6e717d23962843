import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { resolveOptions } from "../../src/core/options.ts";
import { readConfig } from "../../src/register/config.ts";
import { VARIABLES, pathOf, variableName } from "../../src/register/variables.ts";
import type { OptionPath } from "../../src/register/variables.ts";

const DEFAULTS = "The application starts with the default options instead.\n";
const PATHS = Object.keys(VARIABLES) as OptionPath[];

let folder: string;
let printed: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "otel-ws-config-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  printed = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Reads the options with these variables, the common prefix left out, and a file by its name and content. */
function read(variables: Record<string, string>, file?: readonly [name: string, content: string]): unknown {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(`OTEL_WEBSOCKET_${name}`, value);
  if (file !== undefined) {
    const path = join(folder, file[0]);
    writeFileSync(path, file[1]);
    vi.stubEnv("OTEL_WEBSOCKET_CONFIG_FILE", path);
  }
  return readConfig();
}

const said = (): string[] =>
  printed
    .replaceAll(folder, "FOLDER")
    .split("\n")
    .filter((line) => line !== "");

describe("variables", () => {
  test("without any, everything has its default and nothing is said", () => {
    expect([read({}), printed]).toEqual([{}, ""]);
    expect([read({ CAPACITY: "", SUBPROTOCOLS: "  " }), printed]).toEqual([{}, ""]);
  });

  test("each option that is no function can be given", () => {
    const config = read({
      SUBPROTOCOLS: "a, b",
      CLOSE_CODES: "4401,4403",
      CONNECTION_SPAN: "off",
      MAX_ATTRIBUTE_SETS: "10",
      HEARTBEAT_INTERVAL: "30000",
      HEARTBEAT_TIMEOUT: "5000",
      HEARTBEAT_MAX_MISSED: "3",
      HEARTBEAT_TERMINATE: "TRUE",
      SLOW_CONSUMER_BYTES: "1000",
      SLOW_CONSUMER_DURATION: "2000",
      SLOW_CONSUMER_POLICY: "close",
      CAPACITY: "10000",
      CAPACITY_WARN_AT: "0.9",
      AGE_GROUPS: "1000,2000",
      PROCESSING_TIME: "true",
      SEND_TIME: "false",
      MAX_PENDING_ACKS: "5",
    });
    expect(config).toEqual({
      subprotocols: ["a", "b"],
      closeCodes: [4401, 4403],
      connectionSpan: { mode: "off" },
      maxAttributeSets: 10,
      heartbeat: { interval: 30_000, timeout: 5000, maxMissed: 3, terminate: true },
      slowConsumer: { bytes: 1000, duration: 2000, policy: "close" },
      capacity: { limit: 10_000, warnAt: 0.9 },
      ageGroups: [1000, 2000],
      processingTime: true,
      sendTime: false,
      maxPendingAcks: 5,
    });
    expect(printed).toBe("");
  });

  test.each(PATHS)("%s: its example is a value that it takes", (path) => {
    const given: Record<string, string> = { [variableName(path)]: VARIABLES[path].example };
    if (path.startsWith("heartbeat.")) given["OTEL_WEBSOCKET_HEARTBEAT_INTERVAL"] ??= "60000";
    if (path.startsWith("capacity.")) given["OTEL_WEBSOCKET_CAPACITY"] ??= "10";
    for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value);
    const module = `export default {
      clientId: () => "1",
      heartbeat: ${path.startsWith("heartbeat.a") ? '{ application: { create: () => "", match: () => true } }' : "undefined"},
    };`;
    const config = read({}, [`example-${path}.mjs`, module]);
    expect(printed).toBe("");
    const value = path.split(".").reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], config);
    expect(value).toEqual(VARIABLES[path].read(VARIABLES[path].example));
    expect(resolveOptions(config)).toBeDefined();
  });

  test("a name is found from the option that an error names", () => {
    expect(pathOf("capacity")).toBe("capacity.limit");
    expect(pathOf("slowConsumer.bytes")).toBe("slowConsumer.bytes");
    expect(pathOf("route")).toBeUndefined();
    expect(pathOf("toString")).toBeUndefined();
  });
});

describe("what is wrong is named, with what was expected, what was given and how to mend it", () => {
  test.for<[Record<string, string>, string]>([
    [
      { HEARTBEAT_INTERVAL: "soon" },
      'HEARTBEAT_INTERVAL: expected a number of milliseconds, got "soon"; set it to such as 30000, or unset it',
    ],
    [
      { HEARTBEAT_INTERVAL: "0" },
      'HEARTBEAT_INTERVAL: expected a number of milliseconds greater than 0, got "0"; set it to such as 30000, or unset it',
    ],
    [
      { HEARTBEAT_INTERVAL: "1000", HEARTBEAT_TIMEOUT: "2000" },
      'HEARTBEAT_TIMEOUT: expected less than heartbeat.interval (1000), got "2000"; set it to such as 10000, or unset it',
    ],
    [
      { HEARTBEAT_MAX_MISSED: "3" },
      'HEARTBEAT_MAX_MISSED: option "heartbeat.interval": expected a number of milliseconds, got nothing; set OTEL_WEBSOCKET_HEARTBEAT_INTERVAL=30000',
    ],
    [
      { HEARTBEAT_TERMINATE: "yes" },
      'HEARTBEAT_TERMINATE: expected true or false, got "yes"; set it to such as true, or unset it',
    ],
    [
      { CLOSE_CODES: "4401;4403" },
      'CLOSE_CODES: expected close codes from 1000 to 4999, separated by commas, got "4401;4403"; set it to such as 4401,4403, or unset it',
    ],
    [
      { CLOSE_CODES: "4401,99" },
      'CLOSE_CODES: expected a close code from 1000 to 4999, got "4401,99"; set it to such as 4401,4403, or unset it',
    ],
    [
      { SUBPROTOCOLS: "a b" },
      'SUBPROTOCOLS: expected a subprotocol name, got "a b"; set it to such as chat.v1,chat.v2, or unset it',
    ],
    [
      { CONNECTION_SPAN: "none" },
      'CONNECTION_SPAN: expected segments or lifetime or deferred or off, got "none"; set it to such as off, or unset it',
    ],
    [
      { CAPACITY: "-1" },
      'CAPACITY: expected a whole number of connections from 1 on, or a function, got "-1"; set it to such as 10000, or unset it',
    ],
    [
      { CAPACITY_WARN_AT: "0.9" },
      'CAPACITY_WARN_AT: option "capacity": expected a whole number of connections from 1 on, or a function, got nothing; set OTEL_WEBSOCKET_CAPACITY=10000',
    ],
    [
      { AGE_GROUPS: "2000,1000" },
      'AGE_GROUPS: expected one to six ascending numbers of milliseconds, got "2000,1000"; set it to such as 60000,3600000, or unset it',
    ],
    [
      { RECONNECTIONS_THRESHOLD: "5" },
      'RECONNECTIONS_THRESHOLD: option "reconnections": expected the option clientId beside it, got a object; name the client of a request in a module that OTEL_WEBSOCKET_CONFIG_FILE names',
    ],
  ])("%o", ([variables, message]) => {
    expect(read({ ...variables, SEND_TIME: "true" })).toEqual({});
    expect(printed).toBe(`opentelemetry-websocket: OTEL_WEBSOCKET_${message}\n${DEFAULTS}`);
  });

  test("several at once are told together", () => {
    expect(read({ CAPACITY: "many", SEND_TIME: "sometimes" })).toEqual({});
    expect(said().map((line) => /OTEL_WEBSOCKET_\w+|The application/.exec(line)?.[0])).toEqual([
      "OTEL_WEBSOCKET_CAPACITY",
      "OTEL_WEBSOCKET_SEND_TIME",
      "The application",
    ]);
  });

  test("a name that is not known is a warning, with the nearest one that is", () => {
    expect(read({ HEARTBEAT_INTERVALL: "1", KUBERNETES: "1", SEND_TIME: "true" })).toEqual({ sendTime: true });
    const start = "expected the name of an option, and there is none of that name";
    expect(said()).toEqual([
      `opentelemetry-websocket: OTEL_WEBSOCKET_HEARTBEAT_INTERVALL: ${start}; did you mean OTEL_WEBSOCKET_HEARTBEAT_INTERVAL?`,
      `opentelemetry-websocket: OTEL_WEBSOCKET_KUBERNETES: ${start}; unset it`,
    ]);
  });

  test("OTEL_LOG_LEVEL=none keeps it silent", () => {
    vi.stubEnv("OTEL_LOG_LEVEL", "none");
    expect([read({ CAPACITY: "many", KUBERNETES: "1" }), printed]).toEqual([{}, ""]);
  });
});

describe("a file", () => {
  const functions = '({ route: () => "/a", closeCodes: [4400], heartbeat: { interval: 1000, maxMissed: 5 } })';

  test.for([
    ["options.mjs", `export default ${functions};`],
    ["options.cjs", `module.exports = ${functions};`],
    ["compiled.cjs", `exports.__esModule = true; exports.default = ${functions};`],
    ["options.js", `export default ${functions};`],
  ] as const)("%s gives every option, functions too", ([name, content]) => {
    const config = read({}, [name, content]) as { route: () => string };
    expect(config.route()).toBe("/a");
    expect(config).toMatchObject({ closeCodes: [4400], heartbeat: { interval: 1000, maxMissed: 5 } });
    expect(printed).toBe("");
  });

  test("variables win over it, one by one", () => {
    const file = ["wins.mjs", `export default ${functions};`] as const;
    expect(read({ HEARTBEAT_INTERVAL: "2000", CLOSE_CODES: "4500" }, file)).toMatchObject({
      closeCodes: [4500],
      heartbeat: { interval: 2000, maxMissed: 5 },
    });
    expect(read({ CAPACITY_WARN_AT: "0.5" }, ["short.json", '{ "capacity": 10 }'])).toMatchObject({
      capacity: { limit: 10, warnAt: 0.5 },
    });
    expect(printed).toBe("");
  });

  test.for<[string, string, string]>([
    ["bad.json", "{", 'FOLDER/bad.json" (Expected property name'],
    ["list.json", "[]", 'got "FOLDER/list.json", which gives an empty array; write { … } into it, or unset it'],
    ["nothing.mjs", "export const a = 1;", "which gives undefined; write `export default { … }` into it, or unset it"],
    ["throws.mjs", 'throw new Error("no luck")', "(no luck); mend the file, or correct its path, or unset it"],
    ["waits.mjs", "await 1; export default {}", "do without `await` at its top level, or unset it"],
    ["options.yaml", "a: 1", 'got "FOLDER/options.yaml"; give it one of these endings, or unset it'],
  ])("%s: says what is wrong with it", ([name, content, message]) => {
    expect(read({ SEND_TIME: "true" }, [name, content])).toEqual({});
    const [line, ...rest] = said();
    expect(line).toMatch(
      /^opentelemetry-websocket: OTEL_WEBSOCKET_CONFIG_FILE: expected the path of a .json, .js, .mjs or .cjs file with the /,
    );
    expect(line).toContain(message);
    expect(rest).toEqual([DEFAULTS.trim()]);
  });

  test("that is not there is said so", () => {
    vi.stubEnv("OTEL_WEBSOCKET_CONFIG_FILE", join(folder, "missing.json"));
    expect(readConfig()).toEqual({});
    expect(printed).toMatch(/got ".*missing.json" \(ENOENT.*\); give a path from the working directory/);
  });

  test("a wrong option in it is named with the file", () => {
    expect(read({}, ["wrong.json", '{ "heartbeat": { "interval": "1" } }'])).toEqual({});
    expect(said()[0]).toBe(
      'opentelemetry-websocket: OTEL_WEBSOCKET_CONFIG_FILE (FOLDER/wrong.json): option "heartbeat.interval": expected a number of milliseconds greater than 0, got "1"; leave it out for 30000',
    );
  });

  test("one that contradicts a variable is named with both", () => {
    read({ HEARTBEAT_INTERVAL: "500" }, ["both.json", '{ "heartbeat": { "interval": 9000, "timeout": 800 } }']);
    expect(said()[0]).toBe(
      'opentelemetry-websocket: OTEL_WEBSOCKET_HEARTBEAT_INTERVAL and OTEL_WEBSOCKET_CONFIG_FILE (FOLDER/both.json): option "heartbeat.timeout": expected less than heartbeat.interval (500), got 800; make it shorter or the interval longer',
    );
  });

  test("an unknown option in it is told like a wrong one", () => {
    expect(read({}, ["unknown.json", '{ "routes": 1 }'])).toEqual({});
    expect(said()[0]).toContain('option "routes": expected no such option, got 1; known options are route');
  });
});
