import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.ts";

describe("help", () => {
  test.each([["--help"], ["-h"], ["help"]])("%s goes to stdout", async (...args) => {
    const run = runCli(args);
    expect(await run.ended).toBe(0);
    expect(run.stdout).toContain("Usage: otel-ws <command>");
    expect(run.stdout).toContain("demo");
    expect(run.stderr).toBe("");
  });

  test.each([[["help", "demo"]], [["demo", "--help"]], [["demo", "--clients", "3", "-h"]]])(
    "%j names the options",
    async (args) => {
      const run = runCli(args);
      expect(await run.ended).toBe(0);
      for (const option of ["--duration", "--clients", "--endpoint"]) expect(run.stdout).toContain(option);
    },
  );

  test("goes to stderr where no command is given, and that is wrong usage", async () => {
    const run = runCli([]);
    expect(await run.ended).toBe(2);
    expect(run.stdout).toBe("");
    expect(run.stderr).toContain("Usage: otel-ws");
  });

  test("fits 100 columns and is not coloured", async () => {
    const run = runCli(["help", "demo"], { FORCE_COLOR: "1" });
    await run.ended;
    for (const line of run.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect(run.stdout).not.toContain("\u001B");
  });
});

test("the version is the package's", async () => {
  const run = runCli(["--version"]);
  expect(await run.ended).toBe(0);
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  expect(run.stdout).toBe(`${manifest.version}\n`);
});

describe("wrong usage exits with 2 and says what is wrong", () => {
  test.each([
    [["dmeo"], 'unknown command "dmeo"; did you mean demo?'],
    [["constructor"], 'unknown command "constructor"'],
    [["help", "dem"], 'unknown command "dem"; did you mean demo?'],
    [["--versoin"], "unknown option --versoin; did you mean --version?"],
    [["demo", "--client", "3"], "demo: unknown option --client; did you mean --clients?"],
    [["demo", "-c", "3"], "demo: unknown option -c"],
    [["demo", "--toString"], "demo: unknown option --toString"],
    [["demo", "extra"], 'demo: unexpected argument "extra"'],
    [["demo", "--clients", "0"], 'demo: --clients expects a whole number from 1 to 1000, got "0"'],
    [["demo", "--clients", "1001"], 'demo: --clients expects a whole number from 1 to 1000, got "1001"'],
    [["demo", "--clients", "2.5"], 'demo: --clients expects a whole number from 1 to 1000, got "2.5"'],
    [["demo", "--clients"], "demo: --clients expects a whole number from 1 to 1000, got nothing"],
    [["demo", "--duration", "0"], 'demo: --duration expects seconds, more than 0 and up to 86400, got "0"'],
    [["demo", "--duration", "-5"], 'demo: --duration expects seconds, more than 0 and up to 86400, got "-5"'],
    [["demo", "--duration=1e9"], 'demo: --duration expects seconds, more than 0 and up to 86400, got "1e9"'],
    [
      ["demo", "--endpoint", "localhost:4318"],
      'demo: --endpoint expects a URL that begins with http:// or https://, got "localhost:4318"',
    ],
  ])("%j", async (args, message) => {
    const run = runCli(args);
    expect(await run.ended).toBe(2);
    expect(run.stderr.split("\n")[0]).toBe(`otel-ws: ${message}`);
    expect(run.stdout).toBe("");
  });
});
