import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readOptions } from "../../scripts/options/read.ts";
import { withTable } from "../../scripts/options/table.ts";
import { resolveOptions } from "../../src/core/options.ts";
import { VARIABLES, variableName } from "../../src/register/variables.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const options = readOptions(root);

describe("docs/options.md", () => {
  test("has the table that the declarations give: `npm run options` writes it", () => {
    const page = readFileSync(`${root}docs/options.md`, "utf8");
    expect(page).toBe(withTable(page, options));
  });

  test("has every option that is taken, and every one is taken", () => {
    const top = options.map(({ path }) => path).filter((path) => !path.includes("."));
    const known = /known options are (.*)$/.exec(refusal({ none: 1 }))?.[1]?.split(", ");
    expect(top.toSorted()).toEqual(known?.toSorted());
    for (const { path } of options.filter((option) => option.group && !option.path.includes("."))) {
      const message = refusal({ [path]: { none: 1 } });
      const keys = /known ones are (.*)$/.exec(message)?.[1]?.split(", ");
      const inner = options.filter((option) => option.path.startsWith(`${path}.`)).map((option) => option.path);
      const direct = inner.map((one) => one.slice(path.length + 1)).filter((one) => !one.includes("."));
      expect([path, direct.toSorted()]).toEqual([path, keys?.toSorted()]);
    }
  });

  test("has a variable for every option that is no function", () => {
    for (const { path, type, group, variable } of options) {
      const isFunction = type.includes("=>") || /ReconnectionStore|MessageSampler/.test(type);
      expect([path, variable !== undefined]).toEqual([path, !group && (!isFunction || path in VARIABLES)]);
    }
    const documented = options.map(({ variable }) => variable).filter((variable) => variable !== undefined);
    expect(documented.toSorted()).toEqual(Object.keys(VARIABLES).map(variableName).toSorted());
  });

  test("says what each means", () => {
    for (const { path, description } of options)
      expect([path, description]).toEqual([path, expect.stringMatching(/.+\.$/)]);
  });
});

function refusal(given: object): string {
  try {
    resolveOptions(given);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
