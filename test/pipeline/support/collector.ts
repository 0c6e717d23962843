import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { freePort } from "../../support/port.ts";
import { Server, temporaryFolder } from "./server.ts";

/** The configuration that is shipped. */
export const SHIPPED: string = fileURLToPath(new URL("../../../otel-collector-config.yaml", import.meta.url));

/** A Collector on ports of its own, the same after each start. */
export class Collector extends Server {
  /** The value for `OTEL_EXPORTER_OTLP_ENDPOINT`, over HTTP. */
  readonly otlp: string;
  /** Host and port for OTLP over gRPC. */
  readonly grpc: string;
  readonly #telemetry: string;

  private constructor(ports: Ports, env: Readonly<Record<string, string>>, config: string) {
    const folder = temporaryFolder("collector");
    super(
      {
        name: "collector",
        command: inject("binaries").collector,
        args: ["--config", config],
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
    this.#telemetry = `http://127.0.0.1:${ports.telemetry}/metrics`;
  }

  /** A Collector that is not started yet. `env` is for the switches of its configuration. */
  static async create(env: Readonly<Record<string, string>> = {}, config: string = SHIPPED): Promise<Collector> {
    const names = ["grpc", "http", "health", "scrape", "telemetry"] as const;
    const ports = await Promise.all(names.map(async (name) => [name, await freePort()] as const));
    return new Collector(Object.fromEntries(ports) as unknown as Ports, env, config);
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

/** Every Collector configuration in the project. */
export function configurations(): string[] {
  const scale = fileURLToPath(new URL("../../../collector/scale/", import.meta.url));
  return [
    SHIPPED,
    ...readdirSync(scale)
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => join(scale, file)),
  ];
}

/** Reads Prometheus's text format, as far as the Collector uses it. */
function sumOf(exposition: string, metric: string, labels: Readonly<Record<string, string>>): number {
  return exposition
    .split("\n")
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .filter((line) => Object.entries(labels).every(([name, value]) => line.includes(`${name}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
