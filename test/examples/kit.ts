import { afterEach, beforeEach, describe } from "vitest";
import { startReceiverProcess } from "../support/receiver.ts";
import type { ReceiverProcess } from "../support/receiver.ts";
import { commandOf, runExample } from "./run.ts";
import type { Running } from "./run.ts";

/** What a test of an example works with. */
export interface ExampleKit {
  /** Where the examples of this test send their telemetry. */
  readonly receiver: ReceiverProcess;
  /** Runs an example with the command at its top, its URL replaced where there is another one. */
  run(file: string, options?: { url?: string; env?: Record<string, string> }): Running;
}

/** Names the tests of an example; one test looks for these calls and fails where an example has none. */
export function describeExample(file: string, tests: () => void): void {
  describe(`examples/${file}`, () => {
    tests();
  });
}

/** Gives each test of a file a receiver, and ends what is left of its examples. */
export function exampleKit(): ExampleKit {
  let receiver: ReceiverProcess;
  const running: Running[] = [];
  beforeEach(async () => {
    receiver = await startReceiverProcess();
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
      const example = runExample(args, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, PORT: "0", ...env });
      running.push(example);
      return example;
    },
  };
}
