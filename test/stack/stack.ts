/** The files of examples/stack, read as their programs read them. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The compose file, from the top of the repository. */
export const COMPOSE = "examples/stack/compose.yaml";

/** A service, as far as the tests look at it; the schema has the rest. */
export interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

/** The compose file's content. */
export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** What a container has of the host's files. */
export interface Mount {
  readonly service: string;
  /** Absolute path on the host. */
  readonly source: string;
  readonly target: string;
  readonly mode: string | undefined;
}

export function readCompose(): Compose {
  return parse(readText(COMPOSE), { merge: true }) as Compose;
}

/** A file of the repository. */
export function readText(file: string): string {
  return readFileSync(pathOf(file), "utf8");
}

export function readYaml(file: string): unknown {
  return parse(readText(file)) as unknown;
}

/** The absolute path of a file of the repository. */
export function pathOf(file: string): string {
  return resolve(ROOT, file);
}

/** A path of the compose file, which starts at its folder. */
export function fromCompose(path: string): string {
  return resolve(dirname(pathOf(COMPOSE)), path);
}

/** All files and folders of the repository that containers see. Named volumes are none. */
export function mounts(compose: Compose): Mount[] {
  return Object.entries(compose.services).flatMap(([service, { volumes = [] }]) =>
    volumes
      .map((volume) => volume.split(":") as [string, string, string?])
      .filter(([source]) => source.startsWith("."))
      .map(([source, target, mode]) => ({ service, source: fromCompose(source), target, mode })),
  );
}

/** The host's path of a container's, through its mounts. @throws Error where no mount has it */
export function onHost(compose: Compose, service: string, path: string): string {
  const mount = mounts(compose).find(
    (mount) => mount.service === service && (path === mount.target || path.startsWith(`${mount.target}/`)),
  );
  if (mount === undefined) throw new Error(`${service} has no ${path}`);
  return mount.source + path.slice(mount.target.length);
}
