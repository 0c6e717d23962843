import { describe, expect, test } from "vitest";
import { UsageError } from "../../../src/cli/options.ts";
import { readProbeArguments } from "../../../src/probe/cli/arguments.ts";
import { probeHelp } from "../../../src/probe/cli/help.ts";
import { probeOptions } from "../../../src/probe/cli/options.ts";

const url = "ws://example.com/chat";

function target(...args: string[]): unknown {
  return readProbeArguments([url, ...args]).targets[0];
}

describe("options become a target", () => {
  test.each([
    [[], {}],
    [["--name", "chat"], { name: "chat" }],
    [["--timeout", "2.5s"], { timeout: 2500 }],
    [["-H", "X-A: 1", "--header", "X-B:two: 2"], { headers: { "X-A": "1", "X-B": "two: 2" } }],
    [["-H", "X-Empty:"], { headers: { "X-Empty": "" } }],
    [["--subprotocol", "a", "--subprotocol", "b"], { subprotocols: ["a", "b"] }],
    [["--origin", "https://example.com"], { origin: "https://example.com" }],
    [["--bearer-env", "TOKEN"], { bearer: { env: "TOKEN" } }],
    [["--bearer-file", "/run/token"], { bearer: { file: "/run/token" } }],
    [["--no-compression"], { compression: false }],
    [["--ip", "4"], { ip: "ipv4" }],
    [["--ip", "ipv6"], { ip: "ipv6" }],
    [["--ip", "both"], { ip: "both" }],
    [["--resolver", "192.0.2.1:5353"], { resolver: "192.0.2.1:5353" }],
    [["--proxy", "http://proxy.example:3128"], { proxy: "http://proxy.example:3128" }],
    [["--proxy", "none"], { proxy: false }],
    [
      ["--ca", "ca.pem", "--cert", "c.pem", "--key", "k.pem", "--passphrase-env", "P", "--servername", "a.example"],
      {
        tls: {
          caFile: "ca.pem",
          certFile: "c.pem",
          keyFile: "k.pem",
          passphrase: { env: "P" },
          serverName: "a.example",
        },
      },
    ],
    [["--insecure"], { tls: { insecure: true } }],
    [["--max-redirects", "3", "--max-message-size", "10"], { maxRedirects: 3, maxMessageSize: 10 }],
    [["--expect-status", "401"], { expectStatus: 401 }],
    [["--max-rtt", "200ms", "--min-cert-life", "14d"], { maxRoundTrip: 200, minCertificateLife: 1_209_600_000 }],
    [["--duration", "10m", "--ping-interval", "500ms"], { hold: { duration: 600_000, pingInterval: 500 } }],
    [["--connect-only"], { steps: [] }],
    [["--timeout", "1s", "--timeout", "2s"], { timeout: 2000 }],
  ])("%j", (args, expected) => {
    expect(target(...args)).toEqual({ url, ...expected });
  });
});

describe("steps keep their order", () => {
  test.each<[string[], unknown[]]>([
    [
      ["--send", "b", "--ping", "--send", "a"],
      [{ send: "b" }, { ping: {} }, { send: "a" }],
    ],
    [["--send", ""], [{ send: "" }]],
    [["--send=--ping"], [{ send: "--ping" }]],
    [["--send", "-1"], [{ send: "-1" }]],
    [["--send-json", "null"], [{ sendJson: null }]],
    [["--send-json", '{"a":[1]}'], [{ sendJson: { a: [1] } }]],
    [["--send-binary", "00ff"], [{ sendBinary: "00ff" }]],
    [["--expect", "x"], [{ expect: { text: "x" } }]],
    [["--expect-contains", "x", "--within", "2s"], [{ expect: { contains: "x", within: 2000 } }]],
    [["--expect-regex", "^a+$"], [{ expect: { regex: "^a+$" } }]],
    [["--expect-json", "$.a"], [{ expect: { jsonPath: "$.a" } }]],
    [["--expect-json", '$.a = "b=c"'], [{ expect: { jsonPath: "$.a", equals: "b=c" } }]],
    [["--expect-json", "$.a=null"], [{ expect: { jsonPath: "$.a", equals: null } }]],
    [
      ["--expect-json", `$.a[?@.b == ']=' && @["c"]==1].d=[2]`],
      [{ expect: { jsonPath: `$.a[?@.b == ']=' && @["c"]==1].d`, equals: [2] } }],
    ],
    [["--expect-binary", "00ff"], [{ expect: { binaryPrefix: "00ff" } }]],
    [["--expect-count", "3"], [{ expect: { count: 3 } }]],
    [
      ["--ping", "--within", "1s", "--wait", "500ms"],
      [{ ping: { within: 1000 } }, { wait: 500 }],
    ],
    [["--expect-close", "1008", "--within", "1s"], [{ expectClose: { code: 1008, within: 1000 } }]],
  ])("%j", (args, steps) => {
    expect(target(...args)).toEqual({ url, steps });
  });

  test("and no run changes those of another", () => {
    const [first, second] = [target("--ping", "--within", "1s"), target("--ping")];
    expect(first).toEqual({ url, steps: [{ ping: { within: 1000 } }] });
    expect(second).toEqual({ url, steps: [{ ping: {} }] });
  });
});

test("several URLs share all options", () => {
  const { targets } = readProbeArguments(["ws://a.example", "--timeout", "1s", "wss://b.example"]);
  expect(targets).toEqual([
    { url: "ws://a.example", timeout: 1000 },
    { url: "wss://b.example", timeout: 1000 },
  ]);
});

test("settings say how checks are run", () => {
  const args = ["--interval", "30s", "--count", "2", "--concurrency", "5", "--location", "here", "--json"];
  expect(readProbeArguments([url, ...args, "--endpoint", "http://localhost:4318"])).toMatchObject({
    settings: { interval: 30_000, count: 2, concurrency: 5, location: "here" },
    output: "json",
    endpoint: "http://localhost:4318",
  });
  expect(readProbeArguments(["-q", url]).output).toBe("quiet");
  expect(readProbeArguments(["--config", "a.yaml", "--check-config"])).toMatchObject({
    config: "a.yaml",
    checkConfig: true,
    targets: [],
  });
});

/** What the command says about arguments that are wrong. */
function problemOf(args: readonly string[]): string {
  try {
    readProbeArguments(args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "";
}

describe("what is wrong is said in one line", () => {
  const duration = "a duration such as 500ms, 10s, 1.5m, 2h or 14d";
  test.each([
    [[], "expects a URL such as wss://example.com/chat, or --config FILE"],
    [
      ["example.com"],
      'expects a URL such as wss://example.com/chat, got "example.com"; did you mean wss://example.com?',
    ],
    [
      ["http://a.example/x"],
      'expects a URL such as wss://example.com/chat, got "http://a.example/x"; did you mean ws://a.example/x?',
    ],
    [[url, "--timeout", "10"], `--timeout expects ${duration}, got "10"; add a unit: 10s or 10ms`],
    [[url, "--timeout"], `--timeout expects ${duration}, got nothing`],
    [[url, "--timeout", "2h"], "--timeout expects a duration from 1ms to 1h, got 2h; leave it out for 10s"],
    [[url, "--interval", "10ms"], `--interval expects ${duration}, from 100ms to 7d, got "10ms"`],
    [[url, "--timout", "1s"], "unknown option --timout; did you mean --timeout?"],
    [[url, "-x"], "unknown option -x"],
    [[url, "--json=yes"], '--json takes no value, got "yes"'],
    [[url, "--name", "--json"], "--name expects a name, got the option --json; or write --name=--json"],
    [[url, "--location", " "], '--location expects a short name, such as eu-central-1, got " "'],
    [[url, "--ip", "5"], '--ip expects any, 4, 6 or both, got "5"'],
    [[url, "--ip", "bth"], '--ip expects any, 4, 6 or both, got "bth"; did you mean both?'],
    [
      [url, "--proxy", "proxy:3128"],
      '--proxy expects a URL such as http://proxy.example:3128, or none, got "proxy:3128"; did you mean http://proxy:3128?',
    ],
    [[url, "--cert", "c.pem"], "--key expects --cert and --key together, got nothing; give both or neither"],
    [
      [url, "--expect-regex", "a(?=b)"],
      expect.stringMatching(/^--expect-regex expects a regular expression, got "a\(\?=b\)"; .*RE2/),
    ],
    [
      [url, "--ping", "--expect", "a", "--within", "2h"],
      expect.stringMatching(/^--within expects a duration, .* at most 1h, got 2h/),
    ],
    [
      [url, "--expect-close", "7"],
      "--expect-close expects a close code from 1000 to 4999, got 7; give a code, such as 1008",
    ],
    [
      [url, "--expect-close", "1000", "--ping"],
      "--ping expects no step after --expect-close; make --expect-close the last",
    ],
    [
      [url, "--wait", "1m"],
      "--wait expects pauses of less than the timeout of 10s in all, got 1m; shorten them or raise timeout",
    ],
    [[url, "--within", "1s"], "--within belongs after a step that waits: --ping, --expect… or --expect-close"],
    [
      [url, "--send", "a", "--within", "1s"],
      "--within belongs after a step that waits: --ping, --expect… or --expect-close",
    ],
    [[url, "--expect-json", "$.a=b"], expect.stringMatching(/got "\$\.a=b"; for a text write '\$\.a="b"'$/)],
    [[url, "--send-json", "{a}"], `--send-json expects JSON, such as '{"type":"hello"}', got "{a}"`],
    [
      [url, "--connect-only", "--ping"],
      "--connect-only and --ping exclude each other: one says that there are no steps",
    ],
    [
      [url, "--expect-status", "401", "--ping"],
      "--expect-status and --ping exclude each other: nothing can follow a refused upgrade",
    ],
    [
      [url, "--bearer-env", "A", "--bearer-file", "b"],
      "--bearer-env and --bearer-file exclude each other: there is one token",
    ],
    [[url, "--json", "--quiet"], "--json and --quiet exclude each other: --quiet prints no result"],
    [[url, "--count", "3"], "--count needs --interval"],
    [[url, "--ping-interval", "1s"], "--ping-interval needs --duration"],
    [[url, "--check-config"], "--check-config needs --config"],
    [[url, "--config", "a.yaml"], "--config and a URL exclude each other: add the URL to the file's targets"],
    [
      ["--config", "a.yaml", "--timeout", "1s"],
      '--config and --timeout exclude each other: write it into the file, in "defaults" for all',
    ],
    [[url, "ws://b.example", "--name", "x"], "--name is for one URL: use --config to name several checks"],
    [[url, `${url}?room=2`], 'two checks would be called "example.com/chat": use --config to give them names'],
    [
      [url, "-H", "X-A: 1", "-H", "X-A: 2"],
      '--header has X-A twice: HTTP joins values with a comma, cookies with "; "',
    ],
    [[url, "-H", "X-A: 1", "-H", "x-a: 2"], '--header expects each header field once, got "x-a"; leave one out'],
    [["ws://example.com/#top"], expect.stringMatching(/^URL expects no fragment/)],
  ])("%j", (args, message) => {
    const said = problemOf(args);
    expect(said.replace(/^probe: /, "")).toEqual(message);
    expect(said).not.toContain("\n");
  });

  test.each([
    [url, "-H", "Authorization Bearer s3cret"],
    [url, "-H", "X-Bad\u0000: s3cret"],
    [url, "-H", "X-Token: s3cret\u0001"],
    [url, "--bearer-env", "s3cret.s3cret"],
    [url, "--passphrase-env", "s3cret!"],
    [url, "--proxy", "socks5://user:s3cret@proxy:1080"],
    [url, "--proxy", "user:s3cret@proxy:1080"],
    ["wss://user:s3cret@example.com/#a"],
    ["https://user:s3cret@example.com/?token=s3cret"],
    ["wss://example.com:99999/?token=s3cret"],
  ])("without secrets: %j", (...args) => {
    const said = problemOf(args);
    expect(said).toMatch(/^probe: /);
    expect(said).not.toContain("s3cret");
  });
});

describe("the help", () => {
  const help = probeHelp();

  test("has every option once", () => {
    for (const name of Object.keys(probeOptions)) {
      const entries = [...help.matchAll(new RegExp(`^ {2}(?:-\\w, )?--(${name})[ \\n]`, "gm"))];
      expect(entries.map(([, found]) => found)).toEqual([name]);
    }
  });

  test("fits 100 columns", () => {
    expect(help.split("\n").filter(({ length }) => length > 100)).toEqual([]);
  });

  test("has examples that are right", () => {
    const examples = [...help.matchAll(/^ {2}otel-ws probe (.*)$/gm)].map(([, args = ""]) => args.split(" "));
    expect(examples.length).toBeGreaterThan(3);
    for (const args of examples) expect(readProbeArguments(args)).toBeDefined();
  });
});
