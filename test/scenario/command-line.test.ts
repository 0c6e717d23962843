import { describe, expect, test } from "vitest";
import { readCommandLine, usage } from "../../scripts/scenario/command-line.ts";

describe("npm run scenario", () => {
  test("runs a scenario at 60 times the pace, for as long as it takes", () => {
    expect(readCommandLine(["deploy"])).toEqual({
      kind: "run",
      name: "deploy",
      scale: 60,
      duration: undefined,
      prometheus: undefined,
      service: "scenario",
    });
  });

  test("takes every option of its help", () => {
    const args = [
      "--time-scale",
      "1",
      "--duration",
      "1.5m",
      "--prometheus",
      "http://localhost:9090",
      "--service",
      "me",
    ];
    expect(readCommandLine(["saturation", ...args])).toEqual({
      kind: "run",
      name: "saturation",
      scale: 1,
      duration: 90_000,
      prometheus: "http://localhost:9090",
      service: "me",
    });
    expect(readCommandLine(["--rules", "folder", "--time-scale", "30"])).toEqual({
      kind: "rules",
      folder: "folder",
      scale: 30,
    });
    expect(readCommandLine(["--list"])).toEqual({ kind: "list" });
    expect(readCommandLine(["-h"])).toEqual({ kind: "help" });
    for (const option of [...args, "--rules", "--list", "-h"].filter((arg) => arg.startsWith("-"))) {
      expect(usage()).toContain(option);
    }
  });

  test.each([
    [[], "expects normal-day, deploy, .* or backend-outage, got nothing"],
    [["deploi"], 'got "deploi"; did you mean deploy'],
    [["deploy", "saturation"], 'expects one scenario, got also "saturation"'],
    [["deploy", "--time-scale", "0"], '--time-scale expects a whole number from 1 to 600, got "0"'],
    [["deploy", "--duration", "60"], 'got "60"; add a unit: 60s or 60ms'],
    [["deploy", "--prometheus", "localhost:9090"], "expects a URL that begins with http:// or https://"],
    [["deploy", "--scale", "2"], "unknown option --scale"],
  ])("refuses %j and says how to mend it", (args, message) => {
    expect(() => readCommandLine(args)).toThrow(new RegExp(message));
  });
});
