import { existsSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { fromCompose, mounts, pathOf, readCompose, readText } from "./stack.ts";

const compose = readCompose();
const services = Object.entries(compose.services);
const built = services.flatMap(([name, { build }]) => (build === undefined ? [] : [{ name, ...build }]));

/** Where each program listens if it is told nothing else; of the collector and the app, as their Dockerfiles say. */
const LISTENS: Readonly<Record<string, readonly number[]>> = {
  app: [8080],
  collector: [4317, 4318, 13133, 8888],
  prometheus: [9090],
  alertmanager: [9093],
  jaeger: [16686, 4317, 4318, 14269],
  grafana: [3000],
};

/** `host:port` of everything that looks like an address in a text. */
function addresses(text: string): [host: string, port: number][] {
  return [...text.matchAll(/([a-z][a-z.-]*|[0-9.]+):(\d{2,5})(?=[/"'\s]|$)/g)].map(([, host = "", port]) => [
    host,
    Number(port),
  ]);
}

describe("compose.yaml", () => {
  test("fits the Compose specification", () => {
    // From github.com/compose-spec/compose-go v2.16.2, schema/compose-spec.json (Apache-2.0), unchanged.
    const schema = JSON.parse(readFileSync(new URL("compose-spec.json", import.meta.url), "utf8")) as object;
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    const validate = ajv.compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { app: { imgae: "typo" } } })).toBe(false);
  });

  test("pins every image that is not built here to a release", () => {
    const pulled = services.filter(([, { build }]) => build === undefined).map(([, { image }]) => image);
    expect(pulled).toHaveLength(4);
    for (const image of pulled) expect(image).toMatch(/^[a-z]+\/[a-z-]+:v?\d+\.\d+\.\d+$/);
  });

  test("publishes ports on loopback only, and those on which the program listens", () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port] as const));
    expect(published.length).toBeGreaterThan(0);
    for (const [name, port] of published) {
      const [, host, container] = /^127\.0\.0\.1:(\d+):(\d+)$/.exec(port) ?? [];
      expect(host, `${name}: ${port}`).toBe(container);
      expect(LISTENS[name]).toContain(Number(container));
    }
  });

  test("mounts files and folders that exist, and read-only", () => {
    const all = mounts(compose);
    expect(all.filter(({ source }) => !existsSync(source))).toEqual([]);
    expect(all.filter(({ mode }) => mode !== "ro")).toEqual([]);
    expect(all.length).toBeGreaterThan(4);
  });

  test("declares the volumes that it uses, and no others", () => {
    const used = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((volume) => !volume.startsWith(".")).map((volume) => volume.split(":")[0]),
    );
    expect(new Set(Object.keys(compose.volumes))).toEqual(new Set(used));
  });

  test("waits only for services that exist, and for health only of those that have a check", () => {
    const waits = services.flatMap(([, { depends_on = {} }]) => Object.entries(depends_on));
    expect(waits.length).toBeGreaterThan(4);
    const healthy = waits.filter(([, { condition }]) => condition === "service_healthy");
    for (const [name] of waits) expect(compose.services).toHaveProperty(name);
    for (const [name] of healthy) expect(compose.services[name]).toHaveProperty("healthcheck");
  });

  test("checks the health of each service at a port on which it listens", () => {
    const checks = services.filter(([, { healthcheck }]) => healthcheck !== undefined);
    expect(checks.map(([name]) => name)).toEqual(["app", "prometheus", "alertmanager", "jaeger", "grafana"]);
    for (const [name, { healthcheck }] of checks) {
      const [[host, port] = ["", 0]] = addresses(healthcheck?.test.join(" ") ?? "");
      expect([name, host, LISTENS[name]?.includes(port)]).toEqual([name, "127.0.0.1", true]);
    }
  });

  test("sends only to services that exist, at ports on which they listen", () => {
    const targets = services.flatMap(([name, { environment = {} }]) =>
      Object.entries(environment).flatMap(([key, value]) => addresses(value).map((address) => [name, key, address])),
    );
    expect(targets.length).toBeGreaterThan(4);
    for (const [name, key, [host, port]] of targets as [string, string, [string, number]][]) {
      expect(LISTENS[host], `${name}: ${key}`).toContain(port);
    }
  });

  test("gives the Collector variables that its configuration knows, and what it mounts is that configuration", () => {
    const known = new Set(
      [...readText("otel-collector-config.yaml").matchAll(/\$\{env:(\w+):-/g)].map(([, name]) => name),
    );
    const given = Object.keys(compose.services.collector?.environment ?? {});
    expect(given.filter((name) => !known.has(name))).toEqual([]);
    expect(given).toContain("OTELCOL_METRICS_TO");
    const mounted = mounts(compose).find(({ service }) => service === "collector");
    expect(mounted?.source).toBe(pathOf("otel-collector-config.yaml"));
    expect(readText("collector/Dockerfile")).toContain(`CMD ["--config", "${mounted?.target}"]`);
  });

  test("leaves no account with a known password", () => {
    const environment = compose.services.grafana?.environment ?? {};
    expect(environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: "true",
    });
    expect(Object.keys(environment).filter((name) => /PASSWORD|SECRET|TOKEN/.test(name))).toEqual([]);
  });
});

describe("the images that are built", () => {
  test.each(built)("copy what there is: $name", ({ context, dockerfile }) => {
    expect(fromCompose(context)).toBe(pathOf("."));
    const sources = [...readText(dockerfile).matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, paths = ""]) =>
      paths.split(" ").slice(0, -1),
    );
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => !existsSync(pathOf(source)))).toEqual([]);
  });

  test("have the application's files, in spite of .dockerignore", () => {
    const dockerfile = compose.services.app?.build?.dockerfile ?? "";
    const kept = readText(`${dockerfile}.dockerignore`)
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    const copied = [...readText(dockerfile).matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, paths = ""]) =>
      paths.split(" ").slice(0, -1),
    );
    expect(kept.toSorted()).toEqual([...new Set(copied)].toSorted());
  });

  test("run commands whose files are in the image", () => {
    const commands = [
      compose.services.clients?.command?.at(-1),
      compose.services.app?.environment?.OTEL_WEBSOCKET_CONFIG_FILE,
      /CMD .*"(\S+)"\]/.exec(readText("examples/stack/app/Dockerfile"))?.[1],
    ];
    for (const file of commands) {
      expect(file).toMatch(/^examples\/stack\/app\//);
      expect(existsSync(pathOf(file ?? ""))).toBe(true);
    }
  });
});
