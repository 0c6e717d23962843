import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { start } from "../../support/process.ts";

const APPS = fileURLToPath(new URL("apps/", import.meta.url));

/** Where somebody waits for the promise when the listener returns, its span does not. */
const waited = new Set<string>([
  "a promise that is handled before it is returned",
  "a promise whose successor is rejected",
]);

/** What can be seen of the process from outside; `span` is what is said of the message's span where it goes on. */
async function run(kind: string, observed: string, reporting: string) {
  const { code, stdout, stderr } = await start(process.execPath, ["rejection.mjs", kind, observed, reporting], APPS, {})
    .ended;
  const span = /^span: (.*)\n/m.exec(stderr)?.[1];
  // The frames between the socket and the listener are of those who called it.
  const lines = stderr
    .split("\n")
    .filter((line) => !/^ +at (?!.*rejection\.mjs)/.test(line) && !line.startsWith("span: "));
  return { code, stdout, lines, span };
}

describe.each(["silent", "reporting"])("a listener's rejected promise, in a process that is %s", (reporting) => {
  test.for([
    ["an async listener", false],
    ["a listener that returns a promise", false],
    ["once", false],
    ["a DOM listener", false],
    ["onmessage with a promise", false],
    ["a promise that is handled before it is returned", true],
    ["a promise that is handled later", true],
    ["a promise that is awaited elsewhere", true],
    ["a promise that is handled too late", false],
    ["a promise whose successor is rejected", false],
    ["a rejected promise", false],
  ] as const)("ends it as without us, or does not: %s", async ([kind, handled]) => {
    const [plain, observed] = await Promise.all([run(kind, "plain", reporting), run(kind, "observed", reporting)]);
    const { span, ...seen } = observed;
    const { span: _, ...expected } = plain;
    expect(seen).toEqual(expected);
    expect(expected.code === 0).toBe(handled || reporting === "reporting");
    const goesOn = expected.code === 0;
    expect(span).toBe(goesOn ? (waited.has(kind) ? "0 undefined" : `2 broken: ${kind}`) : undefined);
    expect(seen.lines.includes(`Error: broken: ${kind}`)).toBe(!goesOn);
  });
});
