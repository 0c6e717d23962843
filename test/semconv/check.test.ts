import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkRegistry, formatFinding } from "../../scripts/semconv/check.ts";
import { generate, replaceMarked } from "../../scripts/semconv/generate.ts";
import { loadRegistry, parseRegistry } from "../../scripts/semconv/load.ts";
import { resolveRegistry } from "../../scripts/semconv/resolve.ts";
import * as constants from "../../src/semconv.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const MANIFEST = `schema_url: https://example.com/schemas/0.1.0
description: An example.
stability: development
dependencies:
  - schema_url: https://opentelemetry.io/schemas/1.44.0
    registry_path: https://example.com/upstream.zip[model]
`;

const SCHEMA = `file_format: 1.1.0
schema_url: https://example.com/schemas/0.1.0
versions:
  0.1.0:
`;

const REGISTRY = `file_format: definition/2
attributes:
  - key: websocket.color
    type: string
    stability: development
    brief: A color.
    examples: [red]
  - key: websocket.size
    type:
      members:
        - { id: small, value: small, brief: Small., stability: development }
        - { id: large, value: large, brief: Large., stability: development }
    stability: development
    brief: A size.
attribute_groups:
  - id: websocket.common
    visibility: internal
    attributes:
      - { ref: websocket.color, requirement_level: recommended }
      - { ref: http.route, requirement_level: { conditionally_required: If there is one. } }
metrics:
  - name: websocket.server.things
    instrument: counter
    unit: "{message}"
    requirement_level: recommended
    stability: development
    brief: Things.
    attributes:
      - ref_group: websocket.common
      - { ref: websocket.size, requirement_level: required }
spans:
  - type: websocket.server
    kind: server
    requirement_level: recommended
    stability: development
    brief: A span.
    name: { note: "\`websocket\`" }
    attributes:
      - { ref: url.full, requirement_level: recommended, sampling_relevant: true }
`;

const SECOND_METRIC = `metrics:
  - name: websocket.server.other
    instrument: counter
    unit: "{message}"
    requirement_level: recommended
    stability: development
    brief: Others.
  - name`;

const SECOND_ATTRIBUTE = `attributes:
  - key: websocket.other
    type: string
    stability: development
    brief: Another.
    examples: [red]
  - key`;

/** Rules that the registry breaks with the first text replaced by the second. */
function rulesBroken(from: string, to: string): string[] {
  if (!REGISTRY.includes(from)) throw new Error(`the example has no ${from}`);
  const registry = parseRegistry({
    "manifest.yaml": MANIFEST,
    "schemas/0.1.0": SCHEMA,
    "registry.yaml": REGISTRY.replace(from, to),
  });
  return [...new Set(checkRegistry(registry).map(({ rule }) => rule))];
}

const BROKEN: readonly [rule: string, how: string, from: string, to: string][] = [
  ["syntax", "YAML that does not parse", "file_format: definition/2", "file_format: [definition/2"],
  ["syntax", "a key given twice", "brief: A color.", "brief: A color.\n    brief: A colour."],
  ["shape", "another file format", "definition/2", "definition/1"],
  ["shape", "an unknown section", "spans:", "traces:"],
  ["shape", "an unknown field", "brief: A color.", "brief: A color.\n    colour: red"],
  ["shape", "an attribute without a type", "    type: string\n", ""],
  ["shape", "an attribute without a stability", "    type: string\n    stability: development", "    type: string"],
  ["shape", "an unknown type", "type: string", "type: text"],
  ["shape", "an unknown instrument", "instrument: counter", "instrument: meter"],
  ["shape", "an unknown span kind", "kind: server", "kind: peer"],
  ["shape", "an unknown requirement level", "requirement_level: required", "requirement_level: mandatory"],
  ["shape", "sampling_relevant on a metric", "requirement_level: required }", "sampling_relevant: true }"],
  [
    "shape",
    "a group reference with more",
    "ref_group: websocket.common",
    "ref_group: websocket.common\n        note: No.",
  ],
  ["attribute-name", "upper case", "key: websocket.size", "key: websocket.Size"],
  ["attribute-name", "a hyphen", "key: websocket.size", "key: websocket.si-ze"],
  ["attribute-name", "another root", "key: websocket.size", "key: socket.size"],
  ["metric-name", "camel case", "websocket.server.things", "websocket.server.bigThings"],
  ["metric-name", "another root", "websocket.server.things", "server.things"],
  ["span-name", "a span type without a namespace", "type: websocket.server", "type: websocket"],
  ["group-name", "a group with a space", "id: websocket.common", "id: websocket common"],
  ["duplicate-definition", "an attribute twice", "key: websocket.size", "key: websocket.color"],
  ["attribute-namespace", "an attribute that is also a namespace", "key: websocket.size", "key: websocket.color.depth"],
  [
    "metric-namespace",
    "a metric that is also a namespace",
    "metrics:\n  - name",
    SECOND_METRIC.replace("websocket.server.other", "websocket.server.things.more"),
  ],
  [
    "constant-collision",
    "two metrics with one constant",
    "metrics:\n  - name",
    SECOND_METRIC.replace("websocket.server.other", "websocket.server_things"),
  ],
  ["metric-is-attribute", "a metric named as an attribute", "websocket.server.things", "websocket.color"],
  ["metric-suffix", "a counter that ends with total", "websocket.server.things", "websocket.server.things.total"],
  ["unit", "an annotation in the plural", '"{message}"', '"{messages}"'],
  ["unit", "a unit that is not allowed", '"{message}"', "ms"],
  ["duration", "a duration that is not in seconds", "websocket.server.things", "websocket.server.thing.duration"],
  ["unknown-attribute", "a reference to nothing", "ref: http.route", "ref: http.rout"],
  ["unknown-group", "a reference to no group", "ref_group: websocket.common", "ref_group: websocket.commons"],
  ["upstream-type", "an upstream attribute of unknown type", "ref: http.route", "ref: http.request.method"],
  [
    "group-cycle",
    "a group that contains itself",
    "  - id: websocket.common\n    visibility: internal\n    attributes:\n",
    "  - id: websocket.common\n    visibility: internal\n    attributes:\n      - ref_group: websocket.common\n",
  ],
  ["repeated-attribute", "an attribute twice on a signal", "ref: websocket.size", "ref: websocket.color"],
  ["repeated-attribute", "two groups with one attribute", "- ref_group: websocket.common", twice("websocket.common")],
  ["unbounded-attribute", "a metric with a URL", "ref: http.route", "ref: url.full"],
  ["unused-attribute", "an attribute on no signal", "attributes:\n  - key", SECOND_ATTRIBUTE],
  ["unused-group", "a group on no signal", "      - ref_group: websocket.common\n", ""],
  ["enum-id", "a member id in upper case", "id: small", "id: Small"],
  ["enum-unique", "a member id twice", "id: large", "id: small"],
  ["enum-unique", "a member value twice", "value: large", "value: small"],
  ["stability", "a member without a stability", "brief: Small., stability: development", "brief: Small."],
  ["stability", "a public group without a stability", "visibility: internal", "visibility: public\n    brief: Public."],
  ["brief", "an attribute's brief without a full stop", "brief: A color.", "brief: A color"],
  ["brief", "a metric's brief without a full stop", "brief: Things.", "brief: Things"],
  ["brief", "a member without a brief", "brief: Small., ", ""],
  ["brief", "a reference's brief without a full stop", "ref: websocket.size,", "ref: websocket.size, brief: Big,"],
  ["requirement-level", "a metric without one", '"{message}"\n    requirement_level: recommended', '"{message}"'],
  ["requirement-level", "a reference without one", ", requirement_level: required", ""],
  ["examples", "a string attribute without examples", "    examples: [red]\n", ""],
  ["examples", "an example of another type", "examples: [red]", "examples: [1]"],
  ["examples", "an example of another type on a reference", "ref: http.route,", "ref: http.route, examples: [1],"],
];

function twice(group: string): string {
  return `- ref_group: ${group}\n      - ref_group: ${group}`;
}

describe("the checker", () => {
  test("accepts the example that the others are made of", () => {
    expect(rulesBroken("A color.", "A color.")).toEqual([]);
  });

  test.each(BROKEN)("reports %s for %s", (rule, _how, from, to) => {
    expect(rulesBroken(from, to)).toContain(rule);
  });

  test.each([
    ["has no version", "https://example.com/schemas"],
    ["has no schema file", "https://example.com/schemas/0.2.0"],
    ["is another one than the schema file's", "https://example.org/schemas/0.1.0"],
  ])("reports schema-url for a schema URL that %s", (_how, url) => {
    const manifest = MANIFEST.replace("https://example.com/schemas/0.1.0", url);
    const registry = parseRegistry({ "manifest.yaml": manifest, "schemas/0.1.0": SCHEMA, "registry.yaml": REGISTRY });
    expect(checkRegistry(registry).map(({ rule }) => rule)).toEqual(["schema-url"]);
  });

  test("reports a manifest without a field", () => {
    const manifest = MANIFEST.replace("stability: development\n", "");
    const registry = parseRegistry({ "manifest.yaml": manifest, "registry.yaml": REGISTRY });
    expect(checkRegistry(registry)).toMatchObject([{ file: "manifest.yaml", rule: "shape" }]);
  });

  test("names the file, the line, the place and the rule", () => {
    const text = REGISTRY.replace("brief: Things.", "brief: Things");
    const registry = parseRegistry({ "manifest.yaml": MANIFEST, "schemas/0.1.0": SCHEMA, "a/metrics.yaml": text });
    const line = text.split("\n").findIndex((entry) => entry.includes("brief: Things")) + 1;
    expect(checkRegistry(registry).map((finding) => formatFinding(finding, "semconv"))).toEqual([
      `semconv/a/metrics.yaml:${line} metrics[0].brief brief: the brief does not end with a full stop`,
    ]);
  });
});

describe("the project's registry", () => {
  const registry = loadRegistry(`${ROOT}semconv`);

  test("has no findings", () => {
    expect(checkRegistry(registry).map((finding) => formatFinding(finding, "semconv"))).toEqual([]);
  });

  test("is what the generated files were generated from", () => {
    const outputs = generate(ROOT, resolveRegistry(registry));
    expect(outputs.map(({ file }) => file)).toEqual(expect.arrayContaining(["src/semconv.ts", "docs/telemetry.md"]));
    expect(outputs.filter(({ stale }) => stale).map(({ file }) => file)).toEqual([]);
  });

  test("passes on the command line", () => {
    expect(() => execFileSync(process.execPath, [`${ROOT}scripts/semconv.ts`, "--check"])).not.toThrow();
  });

  test("gives constants in upstream's form", () => {
    expect(constants.ATTR_WEBSOCKET_CLOSE_CODE).toBe("websocket.close.code");
    expect(constants.WEBSOCKET_CLOSE_CLASS_VALUE_GOING_AWAY).toBe("going_away");
    expect(constants.METRIC_WEBSOCKET_SERVER_MESSAGE_IO).toBe("websocket.server.message.io");
    expect(constants.ATTR_HTTP_ROUTE).toBe("http.route");
    expect(constants.METRIC_DEFINITIONS[constants.METRIC_WEBSOCKET_CLIENT_ACTIVE_CONNECTIONS]).toEqual({
      name: "websocket.client.active_connections",
      unit: "{connection}",
      description: "Number of open WebSocket client connections.",
      instrument: "updowncounter",
    });
  });

  test("defines every metric for servers and for clients alike", () => {
    const names = resolveRegistry(registry).metrics.map(({ name }) => name);
    // Only a server has a capacity, and only a server knows who reconnects too often.
    const onlyServers = ["connection.limit", "connection.utilization", "frequent_reconnectors"];
    const ofServers = names.filter(
      (name) => name.startsWith("websocket.server.") && !onlyServers.some((suffix) => name.endsWith(suffix)),
    );
    const ofClients = names.filter((name) => name.startsWith("websocket.client."));
    expect(ofServers.map((name) => name.replace(".server.", ".client."))).toEqual(ofClients);
  });
});

describe("generated text between markers", () => {
  test("is the README's table of all spans and metrics", () => {
    const folder = mkdtempSync(join(tmpdir(), "semconv-"));
    writeFileSync(join(folder, "README.md"), "# Title\n<!-- telemetry:begin -->\n<!-- telemetry:end -->\n");
    const outputs = generate(folder, resolveRegistry(loadRegistry(`${ROOT}semconv`)));
    rmSync(folder, { recursive: true });
    const readme = outputs.find(({ file }) => file === "README.md");
    expect(readme).toMatchObject({ stale: true, text: expect.stringMatching(/^# Title\n/) });
    expect(readme?.text).toContain("| `websocket.*` | span |");
    expect(readme?.text).toContain("| `websocket.*.messages` | counter | `{message}` | `websocket.message.direction`");
    expect(readme?.text).not.toContain("websocket.server.messages");
  });

  test("replaces only what stands between them", () => {
    const text = "a\n<!-- telemetry:begin -->\nold\n<!-- telemetry:end -->\nb\n";
    expect(replaceMarked(text, "new")).toBe("a\n<!-- telemetry:begin -->\n\nnew\n\n<!-- telemetry:end -->\nb\n");
  });

  test("needs both markers", () => {
    expect(() => replaceMarked("<!-- telemetry:begin -->\n", "new")).toThrow(/telemetry:end/);
  });
});
