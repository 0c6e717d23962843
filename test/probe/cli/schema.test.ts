import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { snakeCase } from "../../../src/probe/cli/config-target.ts";
import { parseConfig } from "../../../src/probe/cli/config-file.ts";
import { probeOptions } from "../../../src/probe/cli/options.ts";
import type { Expectation, ProbeHold, ProbeStep, ProbeTarget, ProbeTls } from "../../../src/probe/types.ts";

interface Schema {
  $defs: Record<string, Schema>;
  properties: Record<string, Schema>;
  else: Schema;
  description?: string;
  $ref?: string;
}

const root = new URL("../../../", import.meta.url);
const schema = JSON.parse(readFileSync(new URL("docs/probe.schema.json", root), "utf8")) as Schema;
const { target, step, expectation, closing, secret } = schema.$defs;

/** Keys of all members of a union. */
type KeysOf<Union> = Union extends unknown ? keyof Union : never;
type Keys<Union> = Record<Extract<KeysOf<Union>, string>, true>;

// The compiler holds these against the types: with a key too many or too few, they are no such record.
const targetKeys: Keys<ProbeTarget> = {
  url: true,
  name: true,
  headers: true,
  subprotocols: true,
  origin: true,
  bearer: true,
  compression: true,
  ip: true,
  resolver: true,
  proxy: true,
  tls: true,
  maxRedirects: true,
  maxMessageSize: true,
  timeout: true,
  steps: true,
  expectStatus: true,
  maxRoundTrip: true,
  minCertificateLife: true,
  hold: true,
};
const tlsKeys: Keys<ProbeTls> = {
  caFile: true,
  certFile: true,
  keyFile: true,
  passphrase: true,
  insecure: true,
  serverName: true,
};
const holdKeys: Keys<ProbeHold> = { duration: true, pingInterval: true, send: true };
const stepKeys: Keys<ProbeStep> = {
  ping: true,
  send: true,
  sendJson: true,
  sendBinary: true,
  expect: true,
  wait: true,
  expectClose: true,
};
const expectationKeys: Keys<Expectation & { within?: number }> = {
  text: true,
  contains: true,
  regex: true,
  jsonPath: true,
  equals: true,
  binaryPrefix: true,
  count: true,
  within: true,
};

describe("the schema has the keys of the types, in snake case", () => {
  test.each<[string, object, Schema | undefined]>([
    ["target", targetKeys, target],
    ["tls", tlsKeys, target?.properties["tls"]],
    ["hold", holdKeys, target?.properties["hold"]],
    ["step", stepKeys, step?.else],
    ["expectation", expectationKeys, expectation?.else],
    ["closing", { code: true, within: true }, closing?.else],
    ["secret", { env: true, file: true }, secret],
  ])("%s", (_, keys, part) => {
    expect(Object.keys(part?.properties ?? {}).toSorted()).toEqual(Object.keys(keys).map(snakeCase).toSorted());
  });
});

test("every key has a description", () => {
  const described = ({ description, $ref }: Schema): boolean =>
    description !== undefined ||
    ($ref !== undefined && schema.$defs[$ref.split("/").at(-1)!]?.description !== undefined);
  const parts = [
    schema,
    target!,
    target!.properties["tls"]!,
    target!.properties["hold"]!,
    step!.else,
    expectation!.else,
  ];
  for (const { properties } of parts) {
    expect(Object.keys(properties).filter((key) => !described(properties[key]!))).toEqual([]);
  }
});

test("every part of a target can be set on the command line", () => {
  const set = new Set(Object.values(probeOptions).map(({ path }) => path?.split(".")[0]));
  expect(Object.keys(targetKeys).filter((key) => key !== "url" && !set.has(key))).toEqual([]);
  const steps = Object.values(probeOptions).filter((option) => "step" in option);
  expect(steps).toHaveLength(12);
});

test("it is a schema, which editors accept for the example as it is written", () => {
  const ajv = new Ajv2020({ allErrors: true });
  ajv.addVocabulary(["errorMessage"]);
  const validate = ajv.compile(schema);
  const text = readFileSync(new URL("examples/probe.yaml", root), "utf8");
  expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
  expect(validate({ targets: [{ url: "ws://a", timeout: "${env:TIMEOUT:-5s}" }] })).toBe(true);
  expect(validate({ targets: [{ url: "ws://a", timeout: "5 seconds" }] })).toBe(false);
  expect(parseConfig(text, "probe.yaml", {})).toMatchObject({ targets: [{ name: "chat" }, { name: "echo" }] });
});
