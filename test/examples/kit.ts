import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe } from "vitest";
import type { ConformOptions } from "../support/conform.ts";
import type { Running } from "../support/process.ts";
import { start } from "../support/process.ts";
import { startReceiverProcess } from "../support/receiver.ts";
import type { ReceiverProcess } from "../support/receiver.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** What a test of an example works with. */
export interface ExampleKit {
  /** Where the examples of this test send their telemetry. */
  readonly receiver: ReceiverProcess;
  /** Runs an example with the command at its top, its URL replaced where there is another one. */
  run(file: string, options?: { url?: string; env?: Record<string, string> }): Running;
}

/** What follows `node` in the command that the comment at the top of an example gives. */
function commandOf(file: string): string[] {
  const header = readFileSync(`${PROJECT}examples/${file}`, "utf8").match(/^(?:\/\/.*\n){1,2}(?!\/\/)/)?.[0];
  const command = header?.match(/\bnode ((?:--import \S+ )?examples\/\S+(?: ws:\S+)?)$/m)?.[1];
  if (command === undefined) throw new Error(`examples/${file}: its first one or two lines do not say how to run it`);
  return command.split(" ");
}

/** Names the tests of an example; one test looks for these calls and fails where an example has none. */
export function describeExample(file: string, tests: () => void): void {
  describe(`examples/${file}`, () => {
    tests();
  });
}

/** Gives each test of a file a receiver that holds what arrives against the registry, and ends what is left of its examples. */
export function exampleKit(conform: ConformOptions = {}): ExampleKit {
  let receiver: ReceiverProcess;
  const running: Running[] = [];
  beforeEach(async () => {
    receiver = await startReceiverProcess(conform);
  });
  afterEach(async () => {
    for (const example of running) example.kill("SIGKILL");
    await Promise.all(running.splice(0).map(({ ended }) => ended));
    await receiver.stop();
  });
  return {
    get receiver() {
      return receiver;
    },
    run: (file, { url, env = {} } = {}) => {
      const args = commandOf(file).map((argument) => (argument.startsWith("ws:") ? (url ?? argument) : argument));
      const example = start(process.execPath, args, PROJECT, {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        PORT: "0",
        ...env,
      });
      running.push(example);
      return example;
    },
  };
}
