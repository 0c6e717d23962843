import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { misbehaviours } from "./misbehaviours.ts";

interface Registry {
  attribute_groups: { id: string; attributes: { ref?: string; note?: string }[] }[];
}

const registry = parse(
  readFileSync(new URL("../../../semconv/websocket/synthetic.yaml", import.meta.url), "utf8"),
) as Registry;

/** Of those, what the tests of this folder beside `misbehaviours.json` bring about, and where. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  aborted: "stopping.test.ts",
  _OTHER: "stopping.test.ts",
  slow_round_trip: "timing.test.ts",
  certificate_expiry: "tls.test.ts",
  missed_pongs: "hold.test.ts",
  reconnected: "hold.test.ts",
};

/** What the note names that is no type of an error. */
const OTHER_WORDS = new Set(["down", "degraded"]);

test("each `error.type` of the registry is brought about by a test", () => {
  const group = registry.attribute_groups.find(({ id }) => id === "websocket.probe.error.attributes");
  const note = group?.attributes.find(({ ref }) => ref === "error.type")?.note ?? "";
  const types = [...note.matchAll(/`([A-Za-z_]+)`/g)].map(([, word]) => word!).filter((word) => !OTHER_WORDS.has(word));
  expect(types.length).toBeGreaterThan(25);
  const found = new Set(Object.values(misbehaviours).map(({ errorType }) => errorType));
  for (const [type, file] of Object.entries(ELSEWHERE)) {
    const source = readFileSync(new URL(file, import.meta.url), "utf8");
    expect(source).toContain(`"${type}"`);
    found.add(type);
  }
  expect(types.filter((type) => !found.has(type))).toEqual([]);
  // The families: system errors, statuses, close codes.
  expect([...found].filter((type) => /^E[A-Z]+$/.test(type ?? "")).length).toBeGreaterThan(3);
  expect([...found].filter((type) => /^[2-5]\d\d$/.test(type ?? "")).length).toBeGreaterThan(5);
  expect([...found].filter((type) => /^[13]\d\d\d$/.test(type ?? "")).length).toBeGreaterThan(5);
});

test("no misbehaviour has an `error.type` that the registry does not know", () => {
  const note = JSON.stringify(registry);
  const unknown = Object.values(misbehaviours).filter(
    ({ errorType }) => errorType !== undefined && !/^(?:E[A-Z]+|\d{3,4})$/.test(errorType) && !note.includes(errorType),
  );
  expect(unknown).toEqual([]);
});
