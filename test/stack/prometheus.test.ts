import { globSync } from "node:fs";
import { relative } from "node:path";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { onHost, pathOf, readCompose, readText, readYaml } from "./stack.ts";

interface PrometheusConfig {
  readonly rule_files: readonly string[];
  readonly alerting: { readonly alertmanagers: readonly Targets[] };
  readonly scrape_configs: readonly Targets[];
}

interface Targets {
  readonly static_configs: readonly { readonly targets: readonly string[] }[];
}

const compose = readCompose();
const config = readYaml("examples/stack/prometheus/prometheus.yml") as PrometheusConfig;

test("Prometheus loads the rule files of alerts/, all of them, and none of their tests", () => {
  const loaded = config.rule_files
    .flatMap((pattern) => globSync(onHost(compose, "prometheus", pattern)))
    .map((file) => relative(pathOf("."), file));
  expect(loaded.toSorted()).toEqual(globSync("alerts/*.yaml", { cwd: pathOf(".") }).toSorted());
  expect(loaded.length).toBeGreaterThan(0);
  for (const file of loaded) expect(parse(readText(file))).toHaveProperty("groups");
});

test("Prometheus scrapes services and sends alerts to one, at their own ports", () => {
  const targets = [...config.alerting.alertmanagers, ...config.scrape_configs].flatMap(({ static_configs }) =>
    static_configs.flatMap(({ targets }) => targets),
  );
  expect(targets).toEqual(["alertmanager:9093", "collector:8888", "127.0.0.1:9090"]);
});

test("the files that Prometheus and Alertmanager are told to read are mounted there", () => {
  const files = ["prometheus", "alertmanager"].map((service) => {
    const flag = compose.services[service]?.command?.find((argument) => argument.startsWith("--config.file="));
    return relative(pathOf("examples/stack"), onHost(compose, service, flag?.split("=")[1] ?? ""));
  });
  expect(files).toEqual(["prometheus/prometheus.yml", "alertmanager/alertmanager.yml"]);
});
