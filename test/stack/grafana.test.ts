import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { mounts, pathOf, readCompose, readYaml } from "./stack.ts";

const PROVISIONING = "examples/stack/grafana/provisioning";
const compose = readCompose();

interface DataSource {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
}

/** The fields of Grafana's documentation, "Provision Grafana", sections Data sources and Dashboards; others are errors. */
const DATA_SOURCES = {
  type: "object",
  additionalProperties: false,
  required: ["apiVersion", "datasources"],
  properties: {
    apiVersion: { const: 1 },
    prune: { type: "boolean" },
    datasources: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "uid", "type", "access", "url"],
        properties: {
          name: { type: "string" },
          uid: { type: "string", pattern: "^[A-Za-z0-9_-]{1,40}$" },
          type: { enum: ["prometheus", "jaeger", "alertmanager"] },
          access: { enum: ["proxy", "direct"] },
          url: { type: "string", pattern: "^http://" },
          orgId: { type: "integer" },
          isDefault: { type: "boolean" },
          editable: { type: "boolean" },
          jsonData: {
            type: "object",
            additionalProperties: false,
            properties: {
              httpMethod: { enum: ["GET", "POST"] },
              timeInterval: { type: "string", pattern: "^\\d+[smh]$" },
              implementation: { enum: ["prometheus", "mimir", "cortex"] },
              handleGrafanaManagedAlerts: { type: "boolean" },
            },
          },
        },
      },
    },
  },
};

const PROVIDERS = {
  type: "object",
  additionalProperties: false,
  required: ["apiVersion", "providers"],
  properties: {
    apiVersion: { const: 1 },
    providers: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "type", "options"],
        properties: {
          name: { type: "string" },
          orgId: { type: "integer" },
          type: { const: "file" },
          folder: { type: "string" },
          folderUid: { type: "string" },
          disableDeletion: { type: "boolean" },
          allowUiUpdates: { type: "boolean" },
          updateIntervalSeconds: { type: "integer", minimum: 10 },
          options: {
            type: "object",
            additionalProperties: false,
            required: ["path"],
            properties: { path: { type: "string" }, foldersFromFilesStructure: { type: "boolean" } },
          },
        },
      },
    },
  },
};

function errorsOf(schema: object, value: unknown): unknown {
  const validate = new Ajv({ allErrors: true }).compile(schema);
  validate(value);
  return validate.errors;
}

test("data sources have the documented form, known uids, and URLs of services", () => {
  const file = readYaml(`${PROVISIONING}/datasources/datasources.yaml`) as { datasources: DataSource[] };
  expect(errorsOf(DATA_SOURCES, file)).toBeNull();
  expect(file.datasources.map(({ uid, type, url }) => [uid, type, url])).toEqual([
    ["prometheus", "prometheus", "http://prometheus:9090"],
    ["jaeger", "jaeger", "http://jaeger:16686"],
    ["alertmanager", "alertmanager", "http://alertmanager:9093"],
  ]);
  for (const { url } of file.datasources) expect(compose.services).toHaveProperty(new URL(url).hostname);
});

test("every dashboard is mounted where Grafana reads, and has data sources that there are", () => {
  const file = readYaml(`${PROVISIONING}/dashboards/dashboards.yaml`) as { providers: { options: { path: string } }[] };
  expect(errorsOf(PROVIDERS, file)).toBeNull();
  const folders = new Set(file.providers.map(({ options }) => options.path));
  const dashboards = mounts(compose)
    .filter(({ service, target }) => service === "grafana" && folders.has(dirname(target)))
    .map(({ source }) => source);
  expect(dashboards.toSorted()).toEqual(globSync(pathOf("dashboards/*.json")).toSorted());
  const { datasources } = readYaml(`${PROVISIONING}/datasources/datasources.yaml`) as { datasources: DataSource[] };
  for (const dashboard of dashboards) {
    const unknown = datasourcesOf(JSON.parse(readFileSync(dashboard, "utf8"))).filter(
      ({ type, uid }) => !resolves(type, uid, datasources),
    );
    expect([dashboard, unknown]).toEqual([dashboard, []]);
  }
});

/** A uid is one of ours, or a variable of a type of which we have one, or Grafana's own. */
function resolves(type: string | undefined, uid: string, datasources: readonly DataSource[]): boolean {
  if (uid === "-- Grafana --" || type === "datasource" || type === "grafana") return true;
  if (uid.startsWith("$")) return datasources.some((source) => source.type === type);
  return datasources.some((source) => source.uid === uid && (type === undefined || source.type === type));
}

/** All references to data sources in a dashboard, wherever they are. */
function datasourcesOf(value: unknown): { type: string | undefined; uid: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const { datasource } = value as { datasource?: { type?: string; uid?: string } | null };
  const inner = Object.values(value).flatMap((part) => datasourcesOf(part));
  return datasource?.uid === undefined ? inner : inner.concat({ type: datasource.type, uid: datasource.uid });
}
