import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { freePort } from "../../support/port.ts";
import { Server, temporaryFolder } from "./server.ts";

export type Configuration = "otel-collector-config.yaml" | "agent" | "loadbalancer" | "gateway";

/** The configurations that are shipped: each is the files that one Collector is given. */
export const CONFIGURATIONS: Readonly<Record<Configuration, readonly string[]>> = {
  "otel-collector-config.yaml": [path("otel-collector-config.yaml")],
  agent: [path("collector/scale/agent.yaml")],
  loadbalancer: [path("collector/scale/loadbalancer.yaml")],
  gateway: [path("otel-collector-config.yaml"), path("collector/scale/gateway.yaml")],
};

/** The arguments that name a configuration's files. */
export function configArguments(configuration: Configuration): string[] {
  return CONFIGURATIONS[configuration].flatMap((file) => ["--config", file]);
}

function path(file: string): string {
  return fileURLToPath(new URL(`../../../${file}`, import.meta.url));
}

/** A Collector on ports of its own, the same after each start. */
export class Collector extends Server {
  /** The value for `OTEL_EXPORTER_OTLP_ENDPOINT`, over HTTP. */
  readonly otlp: string;
  /** Host and port for OTLP over gRPC. */
  readonly grpc: string;
  /** Host and port from which metrics are scraped. */
  readonly scrape: string;
  readonly #telemetry: string;

  private constructor(ports: Ports, env: Readonly<Record<string, string>>, configuration: Configuration) {
    const name = configuration === "otel-collector-config.yaml" ? "collector" : configuration;
    const folder = temporaryFolder(name);
    super(
      {
        name,
        command: inject("binaries").collector,
        args: configArguments(configuration),
        health: `http://127.0.0.1:${ports.health}/`,
        env: {
          OTELCOL_OTLP_GRPC: `127.0.0.1:${ports.grpc}`,
          OTELCOL_OTLP_HTTP: `127.0.0.1:${ports.http}`,
          OTELCOL_HEALTH: `127.0.0.1:${ports.health}`,
          OTELCOL_SCRAPE: `127.0.0.1:${ports.scrape}`,
          OTELCOL_TELEMETRY_PORT: String(ports.telemetry),
          OTELCOL_DATA: join(folder, "data"),
          ...env,
        },
      },
      folder,
    );
    this.otlp = `http://127.0.0.1:${ports.http}`;
    this.grpc = `127.0.0.1:${ports.grpc}`;
    this.scrape = `127.0.0.1:${ports.scrape}`;
    this.#telemetry = `http://127.0.0.1:${ports.telemetry}/metrics`;
  }

  /** A Collector that is not started yet. `env` is for the switches of its configuration. */
  static async create(
    env: Readonly<Record<string, string>> = {},
    configuration: Configuration = "otel-collector-config.yaml",
  ): Promise<Collector> {
    const names = ["grpc", "http", "health", "scrape", "telemetry"] as const;
    const ports = await Promise.all(names.map(async (name) => [name, await freePort()] as const));
    return new Collector(Object.fromEntries(ports) as unknown as Ports, env, configuration);
  }

  /** The sum of one of the metrics that are scraped from it; 0 for none. */
  async scraped(metric: string): Promise<number> {
    return sumOf(await (await fetch(`http://${this.scrape}/metrics`)).text(), metric, {});
  }

  /** The sum of one of the Collector's metrics of its own, over the series that have these labels; 0 for none. */
  async own(metric: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    return sumOf(await (await fetch(this.#telemetry)).text(), metric, labels);
  }
}

type Ports = Readonly<Record<"grpc" | "http" | "health" | "scrape" | "telemetry", number>>;

/** Resident memory and CPU time of a process, of Linux alone. */
export function usage(pid: number): { memory: number; cpu: number } {
  const [, , , ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/.*\)/, "x x x").split(" ");
  // proc(5): utime and stime are fields 14 and 15, in ticks of 10 ms; rss is 24, in pages.
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, memory: Number(fields[21]) * 4096 };
}

/** Reads Prometheus's text format, as far as the Collector uses it. */
function sumOf(exposition: string, metric: string, labels: Readonly<Record<string, string>>): number {
  return exposition
    .split("\n")
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .filter((line) => Object.entries(labels).every(([name, value]) => line.includes(`${name}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
