/** Each measurement runs in a process of its own: a heap and a JIT that nothing else has touched. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A measurement that hangs must not hang the run. */
const TIMEOUT_MS = 10 * 60_000;

/** Runs a file of `bench/probes/` and returns what it answered. */
export async function runProbe<Output>(name: string, input: object, flags: readonly string[] = []): Promise<Output> {
  const file = fileURLToPath(new URL(`../probes/${name}.ts`, import.meta.url));
  const child = fork(file, [JSON.stringify(input)], { execArgv: ["--expose-gc", ...flags] });
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  try {
    return await new Promise<Output>((resolve, reject) => {
      child.once("message", (answer) => resolve(answer as Output));
      child.once("error", reject);
      child.once("exit", (code, signal) => reject(new Error(`bench: ${name} ended early (${signal ?? String(code)})`)));
    });
  } finally {
    clearTimeout(timer);
    child.kill();
  }
}

/** The other side: what `runProbe` was given. */
export function inputOf(): unknown {
  return JSON.parse(process.argv[2]!);
}

/** Sends back the result and ends this process, whatever is still open in it. */
export async function answer(result: object): Promise<never> {
  await new Promise<void>((resolve) => void process.send!(result, () => resolve()));
  process.exit();
}

/** Frees what can be freed, also what only finalizers and microtasks let go of. */
export async function settleHeap(): Promise<void> {
  for (let pass = 0; pass < 4; pass += 1) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
