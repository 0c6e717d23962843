import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { freePort } from "../../support/port.ts";
import { Server, temporaryFolder } from "./server.ts";

/** A series of an answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A rule as Prometheus has it after its last evaluation. */
export interface EvaluatedRule {
  readonly name: string;
  /** `ok`, `err`, or `unknown` before the first evaluation. */
  readonly health: string;
  readonly lastError?: string;
  /** Of alerting rules. */
  readonly alerts?: readonly {
    readonly state: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** What a Prometheus does beside taking OTLP. */
export interface PrometheusOptions {
  /** What it scrapes; what comes from there is marked with `via="scrape"`. */
  readonly targets?: readonly string[];
  readonly ruleFiles?: readonly string[];
  /** Further scrape configurations. */
  readonly jobs?: readonly object[];
  /** Further arguments of its command. */
  readonly flags?: readonly string[];
}

/** A Prometheus that takes OTLP. */
export class Prometheus extends Server {
  /** The value for the Collector's `PROMETHEUS_ENDPOINT`. */
  readonly otlp: string;
  /** Its own address, as a browser opens it. */
  readonly url: string;
  readonly #address: string;

  private constructor(port: number, { targets = [], ruleFiles = [], jobs = [], flags = [] }: PrometheusOptions) {
    const folder = temporaryFolder("prometheus");
    const address = `127.0.0.1:${port}`;
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, JSON.stringify(configuration(targets, ruleFiles, jobs)));
    super(
      {
        name: "prometheus",
        command: inject("binaries").prometheus,
        args: [
          "--web.enable-otlp-receiver",
          `--config.file=${config}`,
          `--storage.tsdb.path=${join(folder, "data")}`,
          `--web.listen-address=${address}`,
          ...flags,
        ],
        health: `http://${address}/-/ready`,
      },
      folder,
    );
    this.#address = address;
    this.url = `http://${address}`;
    this.otlp = `http://${address}/api/v1/otlp`;
  }

  /** A Prometheus that is not started yet. */
  static async create(options: PrometheusOptions = {}): Promise<Prometheus> {
    return new Prometheus(await freePort(), options);
  }

  /** The rules of all its rule files. */
  async rules(): Promise<EvaluatedRule[]> {
    const response = await fetch(`http://${this.#address}/api/v1/rules`);
    const { data } = (await response.json()) as { data: { groups: { rules: EvaluatedRule[] }[] } };
    return data.groups.flatMap(({ rules }) => rules);
  }

  /** The answer to an instant query. @throws Error where PromQL has one */
  async query(promql: string): Promise<Sample[]> {
    const parameters = new URLSearchParams({ query: promql });
    const response = await fetch(`http://${this.#address}/api/v1/query?${parameters.toString()}`);
    const answer = (await response.json()) as Answer;
    if (answer.status !== "success") throw new Error(`${promql}: ${answer.error}`);
    return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** The values of a query by one label of its series; the series without it is under the empty name. */
  async by(label: string, promql: string): Promise<Record<string, number>> {
    return Object.fromEntries((await this.query(promql)).map(({ labels, value }) => [labels[label] ?? "", value]));
  }

  /** The value of a query that gives one series; undefined where it gives none. */
  async value(promql: string): Promise<number | undefined> {
    const found = await this.query(promql);
    if (found.length > 1) throw new Error(`${promql} gives ${found.length} series`);
    return found[0]?.value;
  }
}

/** JSON, which is YAML. */
function configuration(targets: readonly string[], ruleFiles: readonly string[], jobs: readonly object[]): object {
  return {
    rule_files: ruleFiles,
    otlp: { promote_resource_attributes: ["service.name", "service.instance.id"] },
    storage: { tsdb: { out_of_order_time_window: "30m" } },
    scrape_configs: [
      {
        job_name: "collector",
        scrape_interval: "1s",
        honor_labels: true,
        static_configs: [{ targets, labels: { via: "scrape" } }],
      },
      ...jobs,
    ],
  };
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: { readonly metric: Record<string, string>; readonly value: [number, string] }[] };
}
