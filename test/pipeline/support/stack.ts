/** The servers of examples/stack without containers: their own files and arguments, on loopback ports. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { freePort } from "../../support/port.ts";
import { mounts, readCompose } from "../../stack/stack.ts";
import { Server, temporaryFolder } from "./server.ts";

const compose = readCompose();

/** Each address in the stack's network that is used here, and the one that stands for it. */
const ADDRESSES = [
  "collector:4317",
  "collector:4318",
  "collector:8888",
  "collector:13133",
  "prometheus:9090",
  "alertmanager:9093",
  "jaeger:16686",
  "jaeger:4317",
  "jaeger:14269",
  "app:8080",
] as const;
type Address = (typeof ADDRESSES)[number];

/** The stack on this machine, not started. */
export class Stack {
  readonly collector: Server;
  readonly prometheus: Server;
  readonly alertmanager: Server;
  readonly jaeger: Server;
  readonly #ports: ReadonlyMap<Address, string>;
  readonly #folder: string = temporaryFolder("stack");

  private constructor(ports: ReadonlyMap<Address, string>) {
    this.#ports = ports;
    const { prometheus, alertmanager, jaeger, collector } = inject("binaries");
    this.prometheus = new Server({
      name: "prometheus",
      command: prometheus,
      args: [...this.#arguments("prometheus"), `--web.listen-address=${this.at("prometheus:9090")}`],
      health: `http://${this.at("prometheus:9090")}/-/ready`,
    });
    this.alertmanager = new Server({
      name: "alertmanager",
      command: alertmanager,
      args: [
        ...this.#arguments("alertmanager"),
        `--web.listen-address=${this.at("alertmanager:9093")}`,
        "--cluster.listen-address=",
      ],
      health: `http://${this.at("alertmanager:9093")}/-/ready`,
    });
    this.jaeger = new Server({
      name: "jaeger",
      command: jaeger,
      args: [
        ...this.#arguments("jaeger"),
        `--collector.otlp.grpc.host-port=${this.at("jaeger:4317")}`,
        `--query.http-server.host-port=${this.at("jaeger:16686")}`,
        `--admin.http.host-port=${this.at("jaeger:14269")}`,
        // Any free port: nobody asks there.
        ...["collector.otlp.http", "query.grpc-server", "collector.http-server", "collector.grpc-server"].map(
          (name) => `--${name}.host-port=127.0.0.1:0`,
        ),
      ],
      env: this.environment("jaeger"),
      health: `http://${this.at("jaeger:14269")}/`,
    });
    // The folder of all copies goes with the Collector's.
    this.collector = new Server(
      {
        name: "collector",
        command: collector,
        args: ["--config", this.file("collector", "/etc/otelcol/config.yaml")],
        env: {
          ...this.environment("collector"),
          OTELCOL_OTLP_GRPC: this.at("collector:4317"),
          OTELCOL_OTLP_HTTP: this.at("collector:4318"),
          OTELCOL_HEALTH: this.at("collector:13133"),
          OTELCOL_TELEMETRY_PORT: this.at("collector:8888").split(":")[1] ?? "",
          OTELCOL_DATA: join(this.#folder, "collector"),
        },
        health: `http://${this.at("collector:13133")}/`,
      },
      this.#folder,
    );
  }

  static async create(): Promise<Stack> {
    const ports = await Promise.all(
      ADDRESSES.map(async (address) => [address, `127.0.0.1:${await freePort()}`] as const),
    );
    return new Stack(new Map(ports));
  }

  async start(): Promise<void> {
    await Promise.all(
      [this.jaeger, this.prometheus, this.alertmanager, this.collector].map((server) => server.start()),
    );
  }

  /** What stands for an address of the stack's network. */
  at(address: Address): string {
    return this.#ports.get(address) ?? "";
  }

  /** A service's variables. */
  environment(service: string): Record<string, string> {
    const variables = Object.entries(compose.services[service]?.environment ?? {});
    return Object.fromEntries(variables.map(([name, value]) => [name, this.#local(value)]));
  }

  /** The path of a copy of a mounted file, with addresses and paths of this machine. */
  file(service: string, path: string): string {
    const mount = mounts(compose).find(({ service: of, target }) => of === service && target === path);
    if (mount === undefined) throw new Error(`${service} has no ${path}`);
    const copy = join(this.#folder, service, path.replaceAll("/", "_"));
    mkdirSync(join(this.#folder, service), { recursive: true });
    writeFileSync(copy, this.#local(this.#paths(service, readFileSync(mount.source, "utf8"))));
    return copy;
  }

  #arguments(service: string): string[] {
    return (compose.services[service]?.command ?? []).map((argument) => {
      const [flag, value] = argument.split("=");
      if (value === undefined || !value.startsWith("/")) return argument;
      const file = flag === "--config.file" ? this.file(service, value) : join(this.#folder, service, value.slice(1));
      return `${flag}=${file}`;
    });
  }

  #local(text: string): string {
    return [...this.#ports].reduce((result, [address, local]) => result.replaceAll(address, local), text);
  }

  /** Folders that are mounted, where they are on this machine. */
  #paths(service: string, text: string): string {
    return mounts(compose)
      .filter(({ service: of }) => of === service)
      .reduce((result, { source, target }) => result.replaceAll(`${target}/`, `${source}/`), text);
  }
}
