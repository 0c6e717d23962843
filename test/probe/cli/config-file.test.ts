import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/probe/cli/config-file.ts";
import type { Config } from "../../../src/probe/cli/config-file.ts";

function parse(text: string, environment: NodeJS.ProcessEnv = {}): Config {
  return parseConfig(text, "probes.yaml", environment);
}

function problemsOf(text: string, environment?: NodeJS.ProcessEnv): readonly string[] {
  const config = parse(text, environment);
  return "problems" in config ? config.problems : [];
}

const everything = `
location: \${env:WHERE:-office}
interval: 30s
concurrency: 5
defaults:
  timeout: 5s
  headers: { X-Team: chat, X-Kind: default }
  tls: { ca_file: ca.pem }
targets:
  - url: wss://\${env:HOST}/chat
    name: chat
    headers: { X-Kind: own, x_odd: "1" }
    subprotocols: [a, b]
    origin: https://example.com
    bearer: { env: TOKEN }
    compression: false
    ip: ipv4
    resolver: 192.0.2.1
    proxy: none
    tls:
      cert_file: c.pem
      key_file: k.pem
      passphrase: { file: p }
      insecure: true
      server_name: a.example
    max_redirects: 2
    max_message_size: 1000
    max_round_trip: 200ms
    min_certificate_life: 14d
    steps:
      - ping
      - ping:
      - ping: { within: 1s }
      - send: "costs $\${env:HOST}"
      - send_json: { max_size: [1], "null": null }
      - send_binary: 00ff
      - expect: hello
      - expect: { contains: x, within: 2s }
      - expect: { json_path: $.a, equals: { snake_case: 1 } }
      - wait: 100ms
    hold: { duration: 1.5m, ping_interval: 500ms, send: tick }
  - url: ws://\${env:HOST}/other
    steps: [{ expect_close: 1000 }]
  - { url: ws://localhost, ip: both, timeout: 1s, expect_status: 401 }
`;

test("everything that a file can say arrives", () => {
  const defaults = { timeout: 5000, headers: { "X-Team": "chat", "X-Kind": "default" }, tls: { caFile: "ca.pem" } };
  expect(parse(everything, { HOST: "example.com" })).toEqual({
    settings: { location: "office", interval: 30_000, concurrency: 5 },
    targets: [
      {
        url: "wss://example.com/chat",
        name: "chat",
        timeout: 5000,
        headers: { "X-Team": "chat", "X-Kind": "own", x_odd: "1" },
        subprotocols: ["a", "b"],
        origin: "https://example.com",
        bearer: { env: "TOKEN" },
        compression: false,
        ip: "ipv4",
        resolver: "192.0.2.1",
        proxy: false,
        tls: {
          caFile: "ca.pem",
          certFile: "c.pem",
          keyFile: "k.pem",
          passphrase: { file: "p" },
          insecure: true,
          serverName: "a.example",
        },
        maxRedirects: 2,
        maxMessageSize: 1000,
        maxRoundTrip: 200,
        minCertificateLife: 1_209_600_000,
        steps: [
          { ping: {} },
          { ping: {} },
          { ping: { within: 1000 } },
          { send: "costs ${env:HOST}" },
          { sendJson: { max_size: [1], null: null } },
          { sendBinary: "00ff" },
          { expect: { text: "hello" } },
          { expect: { contains: "x", within: 2000 } },
          { expect: { jsonPath: "$.a", equals: { snake_case: 1 } } },
          { wait: 100 },
        ],
        hold: { duration: 90_000, pingInterval: 500, send: "tick" },
      },
      { ...defaults, url: "ws://example.com/other", steps: [{ expectClose: { code: 1000 } }] },
      { ...defaults, url: "ws://localhost", ip: "both", timeout: 1000, expectStatus: 401 },
    ],
  });
});

test("anchors and aliases work", () => {
  const text =
    "targets:\n  - &a { url: ws://a.example, headers: &h { X-A: b } }\n  - { url: ws://b.example, headers: *h }\n";
  expect(parse(text)).toMatchObject({ targets: [{}, { headers: { "X-A": "b" } }] });
});

describe("a problem has its line, its column and its path", () => {
  const inTarget = (text: string): string => `targets:\n  - url: ws://a.example\n    ${text}\n`;
  test.each([
    ["", "1:1: expected keys and values, got nothing"],
    ["- a", "1:1: expected keys and values, got a list"],
    ["targets: []", "1:10: targets: expected a list with at least one target, got a list"],
    ["target: []", "1:1: expected targets, which is missing"],
    [
      'location: " "\ntargets: [{ url: ws://a.example }]',
      '1:11: location: expected a short name, such as eu-central-1, got " "',
    ],
    ["targets: [{ name: a }]", "1:11: targets[0]: expected url, which is missing"],
    [
      "interval: 30\ntargets: [{ url: ws://a.example }]",
      "1:11: interval: expected a duration such as 500ms, 10s, 1.5m, 2h or 14d, got 30; add a unit: 30s or 30ms",
    ],
    [
      "interval: 1ms\ntargets: [{ url: ws://a.example }]",
      "1:11: interval: expected a duration such as 500ms, 10s, 1.5m, 2h or 14d, from 100ms to 7d, got 1ms",
    ],
    [
      "concurrency: 0\ntargets: [{ url: ws://a.example }]",
      "1:14: concurrency: expected a whole number from 1 to 1000, got 0",
    ],
    [
      "defaults: { name: a }\ntargets: [{ url: ws://a.example }]",
      "1:13: defaults.name: belongs to a target, not to the defaults of all",
    ],
    [
      "defaults: { timeout: 2h }\ntargets: [{ url: ws://a.example }]",
      "1:22: defaults.timeout: expected a duration from 1ms to 1h, got 2h; leave it out for 10s",
    ],
    [inTarget("timout: 5s"), "3:5: targets[0].timout: no such setting; did you mean timeout?"],
    [
      inTarget("headers: { X-A: 1 }"),
      "3:21: targets[0].headers.X-A: expected text, got something else, which is not shown; put it in quotes",
    ],
    [
      inTarget("headers: { Host name: a }"),
      "3:27: targets[0].headers.Host name: expected a header field's name, got something else, which is not shown; see RFC 9110 section 5.1",
    ],
    [inTarget("compression: maybe"), "3:18: targets[0].compression: expected true or false, got maybe"],
    [inTarget("ip: ipv5"), "3:9: targets[0].ip: expected any, ipv4, ipv6 or both, got ipv5; did you mean ipv4?"],
    [inTarget("subprotocols: chat"), "3:19: targets[0].subprotocols: expected a list, got chat"],
    [inTarget("bearer: { env: A, file: b }"), "3:13: targets[0].bearer: expected either env or file, got env, file"],
    [inTarget("max_redirects: 99"), "3:20: targets[0].max_redirects: expected a whole number from 0 to 20, got 99"],
    [
      inTarget("tls: { cert_file: c.pem }"),
      "3:10: targets[0].tls.key_file: expected cert_file and key_file together, got nothing; give both or neither",
    ],
    [
      inTarget("steps: [png]"),
      "3:13: targets[0].steps[0]: expected ping, or a step such as send: hello, got png; did you mean ping?",
    ],
    [inTarget("steps: [{ sned: a }]"), "3:15: targets[0].steps[0].sned: no such setting; did you mean send?"],
    [
      inTarget("steps: [{ send: a, ping: }]"),
      "3:13: targets[0].steps[0]: expected one step, such as send: hello, got send, ping",
    ],
    [inTarget("steps: [{ send: 42 }]"), "3:21: targets[0].steps[0].send: expected text, got 42; put it in quotes"],
    [
      inTarget("steps: [ping, { expect: {} }]"),
      '3:29: targets[0].steps[1].expect: expected one expectation; give one of text, contains, regex, json_path, binary_prefix, count, such as { contains: "ready" }',
    ],
    [
      inTarget("steps: [{ expect: { contain: a } }]"),
      "3:25: targets[0].steps[0].expect.contain: no such setting; did you mean contains?",
    ],
    [
      inTarget("steps: [{ expect_close: 7 }]"),
      "3:29: targets[0].steps[0].expect_close: expected a close code from 1000 to 4999, got 7",
    ],
    [
      inTarget("hold: { duration: 1ms }"),
      "3:23: targets[0].hold.duration: expected a duration from 1s to 1d, got 1ms; give 1m for a minute",
    ],
    [
      "targets: [{ url: http://a.example }]",
      '1:18: targets[0].url: expected a ws:// or wss:// URL, got "http://a.example"; write ws:// instead',
    ],
    [
      "targets:\n  - url: ws://a.example\n  - { url: ws://b.example, name: a.example }",
      '3:34: targets[1].name: expected a name of its own, got "a.example", as targets[0] in line 2 has; give it another name',
    ],
    [
      'targets: [{ url: ws://a.example, name: "${env:NAME}" }]',
      "1:40: the environment variable NAME is not set; set it, or write ${env:NAME:-default}",
    ],
    [
      "targets: [{ url: ws://a.example, name: '${env:9}' }]",
      "1:40: expected ${env:NAME} or ${env:NAME:-default}, got another name",
    ],
  ])("%j", (text, problem) => {
    expect(problemsOf(text)[0]).toBe(`probes.yaml:${problem}`);
  });

  test("a regular expression is RE2's", () => {
    expect(problemsOf(inTarget("steps: [{ expect: { regex: a(?=b) } }]"))).toEqual([
      expect.stringMatching(/^probes\.yaml:3:32: targets\[0\]\.steps\[0\]\.expect\.regex: .*RE2/),
    ]);
  });

  test.each([
    ["targets: [", /^probes\.yaml:1:\d+: not YAML: /],
    ["targets:\n  - url: a\n   name: b\n", /^probes\.yaml:3:\d+: not YAML: /],
    ["targets: []\ntargets: []\n", /^probes\.yaml:2:1: not YAML: .*unique/],
    ["a: { b: ${env:B} }", /^probes\.yaml:1:\d+: not YAML: .*; between { } and \[ \], put \$\{env:…\} in quotes$/],
    ["a: *nothing", /^probes\.yaml:1:\d+: not YAML: .*nothing/],
  ])("%j is no YAML", (text, problem) => {
    expect(problemsOf(text)[0]).toMatch(problem);
  });
});

test("all problems are told at once, in the order of the file", () => {
  const text = `location: 1
targets:
  - url: https://a.example
  - url: ws://b.example
    timout: 5s
    compression: 1
  - name: c
`;
  expect(problemsOf(text).map((problem) => problem.split(": ").slice(0, 2).join(" "))).toEqual([
    "probes.yaml:1:11 location",
    "probes.yaml:5:5 targets[1].timout",
    "probes.yaml:6:18 targets[1].compression",
    "probes.yaml:7:5 targets[2]",
  ]);
});

test("of many problems, twenty are told", () => {
  const targets = Array.from({ length: 25 }, (_, index) => `  - { url: ws://a.example/${index}, wrong: 1 }`);
  const problems = problemsOf(`targets:\n${targets.join("\n")}\n`);
  expect(problems).toHaveLength(21);
  expect(problems.at(-1)).toBe("… and 5 more");
});

test("values of variables and secrets are not told", () => {
  const environment = { SECRET: "s3cret", URL: "https://user:s3cret@a.example/?token=s3cret" };
  const text = `targets:
  - url: \${env:URL}
  - url: ws://b.example
    resolver: \${env:SECRET}
  - url: ws://c.example
    headers: { Authorization: ["s3cret"] }
  - url: ws://d.example
    proxy: socks5://user:s3cret@proxy
  - url: ws://e.example
    bearer: s3cret
  - url: ws://f.example
    timeout: \${env:SECRET}
  - url: ws://g.example
    steps: [{ send_binary: "\${env:SECRET}" }]
`;
  const problems = problemsOf(text, environment);
  expect(problems.map((problem) => problem.split(":")[1])).toEqual(["2", "4", "6", "8", "10", "12", "14"]);
  expect(problems.join("\n")).not.toContain("s3cret");
});
