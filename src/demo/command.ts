import { absoluteUrl, readOptions, seconds, wholeNumber } from "../cli/options.ts";
import { runDemo } from "./run.ts";

/** `otel-ws demo`: resolves with the exit code. */
export async function demo(args: readonly string[]): Promise<number> {
  const {
    duration,
    clients = 20,
    endpoint,
  } = readOptions("demo", args, {
    duration: seconds(86_400),
    clients: wholeNumber(1, 1000),
    endpoint: absoluteUrl("http", "https"),
  });
  return runDemo({ duration, clients, endpoint });
}
