import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import type { ProbeResult } from "../../../src/probe/types.ts";
import { runCli } from "../../support/cli.ts";
import type { Run } from "../../support/cli.ts";
import { spans } from "../../support/query.ts";
import { startReceiverProcess } from "../../support/receiver.ts";
import { pongLate } from "../servers/messages.ts";
import { certificateFile, secure } from "../servers/tls.ts";
import type { Server } from "../servers/wire.ts";

let server: WebSocketServer;
let url: string;
let folder: string;
/** Header fields of the upgrade requests that came. */
const requests: IncomingHttpHeaders[] = [];
/** Nobody listens at this port; a process of this user may not. */
const nobody = "ws://127.0.0.1:1/";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "otel-ws-probe-"));
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket, request) => {
    requests.push(request.headers);
    if (request.url === "/evil") socket.close(4000, "\u001B[2J\u009B1m");
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await once(server, "listening");
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat`;
});

afterAll(() => {
  server.close();
  for (const client of server.clients) client.terminate();
  rmSync(folder, { recursive: true });
});

function probe(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  return runCli(["probe", ...args], env);
}

async function finished(run: Run): Promise<{ code: number | NodeJS.Signals; stdout: string; stderr: string }> {
  const code = await run.ended;
  return { code, stdout: run.stdout, stderr: run.stderr };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The same server, closed at the end of the block. */
function disposable(started: Server): Server & AsyncDisposable {
  return { ...started, [Symbol.asyncDispose]: () => started.close() };
}

/** Resolves when stdout has so many lines. */
function lines(run: Run, count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (run.stdout.split("\n").length <= count) return;
      run.process.stdout?.off("data", look);
      resolve();
    };
    run.process.stdout?.on("data", look);
    look();
  });
}

describe("the exit code and the report", () => {
  test("of a check that is up", async () => {
    const run = await finished(probe([url, "--send", "hello", "--expect", "hello"]));
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(/^✓ up {2}ws:\/\/127\.0\.0\.1:\d+\/chat {2}\d/);
    expect(run.stdout).toMatch(/^ {2}message {4}.* ms {2}the text "hello"$/m);
    expect(run.stdout).not.toContain("\u001B");
  });

  test("of a check that is degraded", async () => {
    await using slow = disposable(await pongLate(50)());
    const run = await finished(probe([slow.url, "--max-rtt", "10ms"]));
    expect(run).toMatchObject({ code: 3, stdout: expect.stringMatching(/^! degraded/) });
    expect(run.stdout).toContain("error.type=slow_round_trip");
  });

  test("of a check that is down", async () => {
    const run = await finished(probe([nobody]));
    expect(run).toMatchObject({ code: 1, stderr: "" });
    expect(run.stdout).toMatch(/^✗ down {2}ws:\/\/127\.0\.0\.1:1\/ /);
    expect(run.stdout).toContain("error.type=ECONNREFUSED phase=connect");
  });

  test("of many is the worst", async () => {
    const run = await finished(probe([url, nobody]));
    expect(run.code).toBe(1);
    expect(run.stdout).toContain("✓ up");
    expect(run.stdout).toContain("✗ down");
    expect(run.stdout).toMatch(/\n\n[✓✗] (up|down) /);
  });

  test("of wrong usage is 2, with one line that says what and one where to look", async () => {
    const run = await finished(probe([url, "--timeout", "10"]));
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr.split("\n")).toHaveLength(3);
    expect(run.stderr).toContain("otel-ws: probe: --timeout expects a duration such as");
  });

  test("of an address that both families are asked for is that of the family that it lacks", async () => {
    const run = await finished(probe([url, "--ip", "both"]));
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^✓ up .*\/chat \(IPv4\) /m);
    expect(run.stdout).toMatch(/^✗ down .*\/chat \(IPv6\) /m);
  });
});

describe("TLS", () => {
  const ca = certificateFile("ca.pem");

  test("is told with the life of the certificate", async () => {
    await using tls = disposable(await secure("good")());
    const run = await finished(probe([tls.url, "--ca", ca]));
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ {2}Certificate {2}expires in \d+ days \(/m),
    });
    const soon = await finished(probe([tls.url, "--ca", ca, "--min-cert-life", "100000d"]));
    expect(soon).toMatchObject({ code: 3, stdout: expect.stringContaining("error.type=certificate_expiry") });
  });

  test("that fails is told all the same", async () => {
    await using tls = disposable(await secure("expired")());
    const run = await finished(probe([tls.url, "--ca", ca]));
    expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining("error.type=certificate_expired phase=tls") });
    expect(run.stdout).toMatch(/^ {2}Certificate {2}expired \d+ days ago \(.*\), not valid$/m);
    const insecure = await finished(probe([tls.url, "--ca", ca, "--insecure"]));
    expect(insecure).toMatchObject({ code: 0, stdout: expect.stringMatching(/, not valid$/m) });
  });
});

test("what is exported has the trace that the report names", async () => {
  const receiver = await startReceiverProcess();
  try {
    const run = await finished(probe([url, "--name", "chat", "--location", "office", "--endpoint", receiver.url]));
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const [, traceId = ""] = /^ {2}Trace {8}([0-9a-f]{32})$/m.exec(run.stdout) ?? [];
    await receiver.waitFor((telemetry) => spans(telemetry).some((span) => span.name === "websocket.probe chat"));
    const own = spans(receiver.telemetry).filter((span) => span.name === "websocket.probe chat");
    expect(own).toHaveLength(1);
    expect(own[0]?.traceId).toBe(traceId);
  } finally {
    await receiver.stop();
  }
});

describe("--json", () => {
  test("prints a result on each line and nothing else", async () => {
    const run = await finished(probe([url, nobody, "--json"], { FORCE_COLOR: "1" }));
    expect(run).toMatchObject({ code: 1, stderr: "" });
    const results = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as ProbeResult);
    expect(results.map(({ result }) => result).toSorted()).toEqual(["down", "up"]);
    expect(results.find(({ result }) => result === "up")).toMatchObject({
      url,
      upgrade: { status: 101 },
      close: { code: 1000, initiator: "client" },
    });
  });
});

describe("--quiet", () => {
  test("prints nothing where nothing is wrong", async () => {
    expect(await finished(probe([url, "-q"]))).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("prints problems on stderr", async () => {
    const run = await finished(probe([url, nobody, "--quiet", "--interval", "100ms", "--count", "1"]));
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toMatch(/^✗ down {2}127\.0\.0\.1:1 {2}ECONNREFUSED: [^\n]+\n$/);
  });
});

describe("colours", () => {
  test.each([
    [{ FORCE_COLOR: "1" }, true],
    [{ NO_COLOR: "1" }, false],
    [{}, false],
  ])("with %j on a pipe: %s", async (env, expected) => {
    const { stdout } = await finished(probe([url], env));
    expect(stdout.includes("\u001B[32m")).toBe(expected);
  });

  test("and signs are ASCII where the locale is", async () => {
    const { stdout } = await finished(probe([url], { LC_ALL: "C" }));
    expect(stdout).toMatch(/^\+ up/);
    expect(stdout).toMatch(/^[ -~\n]*$/);
  });
});

describe("--interval", () => {
  test("has a line for each run and a summary", async () => {
    const run = await finished(probe([url, nobody, "--interval", "3s", "--count", "2"]));
    expect(run.code).toBe(1);
    const [head, ...rest] = run.stdout.split("\n");
    expect(head).toMatch(/^time {6}result {5}name .* total ms$/);
    expect(rest.filter((line) => /^\d\d:\d\d:\d\d {2}✓ up /.test(line))).toHaveLength(2);
    expect(rest.filter((line) => /^\d\d:\d\d:\d\d {2}✗ down /.test(line))).toHaveLength(2);
    expect(run.stdout).toMatch(
      /\n\nname .*\n127\.0\.0\.1:\d+\/chat +2 +100 % .*\n127\.0\.0\.1:1 +2 +0 % .*ECONNREFUSED/,
    );
    expect(run.stderr).toBe(
      "Nothing is exported: set OTEL_EXPORTER_OTLP_ENDPOINT, or add --endpoint http://localhost:4318\n",
    );
  });

  test.each(["SIGINT", "SIGTERM"] as const)("ends at %s with its summary", async (signal) => {
    const run = probe([url, "--interval", "100ms"]);
    await lines(run, 3);
    run.process.kill(signal);
    expect(await run.ended).toBe(0);
    expect(run.stdout).toMatch(/\n\nname +runs .*\n127\.0\.0\.1:\d+\/chat +\d+ +100 % /);
  });

  test("ends quietly when nobody reads any more", async () => {
    const run = probe([url, "--interval", "100ms"]);
    await lines(run, 2);
    run.process.stdout?.destroy();
    expect(await run.ended).toBe(0);
    expect(run.stderr).not.toMatch(/EPIPE|Error/);
  });

  test("says where telemetry goes, without credentials", async () => {
    const endpoint = "http://user:s3cret@127.0.0.1:1";
    const run = await finished(probe([url, "--interval", "100ms", "--count", "1", "--endpoint", endpoint]));
    expect(run.stderr).toContain("Exporting traces, metrics, logs to http://REDACTED:REDACTED@127.0.0.1:1");
    expect(run.stdout + run.stderr).not.toContain("s3cret");
  });
});

describe("--duration", () => {
  test("ends at SIGINT with what there is", async () => {
    const held = once(server, "connection");
    const run = probe([url, "--duration", "1h", "--ping-interval", "100ms"]);
    const [socket] = (await held) as [NodeJS.EventEmitter];
    await once(socket, "ping");
    await once(socket, "ping");
    run.process.kill("SIGINT");
    expect(await run.ended).toBe(1);
    expect(run.stdout).toContain("error.type=aborted");
    expect(run.stdout).toMatch(/^ {2}Held /m);
  });
});

describe("--config", () => {
  test("runs the checks of the file, with what the command line says besides", async () => {
    const path = file(
      "two.yaml",
      `location: office\ntargets:\n  - { name: chat, url: "\${env:CHAT}" }\n  - { name: none, url: "${nobody}" }\n`,
    );
    const run = await finished(probe(["--config", path, "--json", "--location", "home"], { CHAT: url }));
    expect(run.code).toBe(1);
    const results = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as ProbeResult);
    expect(results.map(({ name, location }) => `${name} ${location}`).toSorted()).toEqual(["chat home", "none home"]);
  });

  test("tells all problems of the file", async () => {
    const path = file("wrong.yaml", "targets:\n  - ulr: ws://a\n  - { url: ws://b, timeout: 5 }\n");
    expect(await finished(probe(["--config", path]))).toEqual({
      code: 2,
      stdout: "",
      stderr: `${path}:2:5: targets[0].ulr: no such setting; did you mean url?
${path}:2:5: targets[0]: expected url, which is missing
${path}:3:29: targets[1].timeout: expected a duration such as 500ms, 10s, 1.5m, 2h or 14d, got 5; add a unit: 5s or 5ms
`,
    });
  });

  test("--check-config checks nothing else", async () => {
    const path = file("good.yaml", `targets: [{ url: "${nobody}", ip: both }]\n`);
    const run = await finished(probe(["--config", path, "--check-config"]));
    expect(run).toEqual({ code: 0, stdout: `${path}: 2 checks, nothing wrong\n`, stderr: "" });
  });

  test.each([
    ["nothing.yaml", "there is no such file"],
    [".", "it is a folder"],
  ])("%s: %s", async (path, reason) => {
    const run = await finished(probe(["--config", path]));
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(`probe: --config expects a YAML file, got "${path}": ${reason}`);
  });

  test("--count needs an interval from somewhere", async () => {
    const path = file("once.yaml", `targets: [{ url: "${nobody}" }]\n`);
    const run = await finished(probe(["--config", path, "--count", "2"]));
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("--count needs --interval, or an interval in the file");
  });
});

test("a server cannot write escape sequences into the terminal", async () => {
  const evil = url.replace("/chat", "/evil");
  for (const more of [[], ["--json"], ["--quiet"]]) {
    const run = await finished(probe([evil, "--wait", "1s", ...more]));
    expect(run.code).toBe(1);
    for (const control of ["\u001B", "\u009B"]) expect(run.stdout + run.stderr).not.toContain(control);
  }
});

describe("secrets are in no output", () => {
  const secretUrl = (): string => `${url.replace("ws://", "ws://user:s3cret@")}?token=s3cret`;
  test.each([[[]], [["--json"]], [["--quiet"]], [["--interval", "100ms", "--count", "1"]]])("with %j", async (more) => {
    const token = file("token", "s3cret-file\n");
    const args = ["-H", "X-Key: s3cret-header", "--bearer-file", token, "--expect", "never", "--within", "100ms"];
    const run = await finished(probe([url, ...args, ...more]));
    expect(run.code).toBe(1);
    expect(requests.at(-1)).toMatchObject({ "x-key": "s3cret-header", authorization: "Bearer s3cret-file" });
    const byEnvironment = await finished(
      probe([`${url}?token=s3cret`, "--bearer-env", "T", ...more], { T: "s3cret-env" }),
    );
    expect(requests.at(-1)).toMatchObject({ authorization: "Bearer s3cret-env" });
    const byUrl = await finished(probe([secretUrl(), ...more]));
    expect(requests.at(-1)).toMatchObject({ authorization: `Basic ${btoa("user:s3cret")}` });
    for (const { stdout, stderr } of [run, byEnvironment, byUrl]) expect(stdout + stderr).not.toContain("s3cret");
  });
});
