import type { Registry } from "./load.ts";
import type { Finding } from "./model.ts";
import { checkNames } from "./names.ts";
import { checkReferences } from "./references.ts";
import { checkShape } from "./schema.ts";
import { collectSites } from "./sites.ts";
import { checkTexts } from "./texts.ts";

const SCHEMA_URL = /^https?:\/\/[^/]+\/.+\/\d+\.\d+\.\d+$/;

/** Everything that is wrong with a registry. The rules about content run only when every file has the right shape. */
export function checkRegistry(registry: Registry): Finding[] {
  const { manifest, files, schemaFile } = registry;
  const syntax = [manifest, ...files, ...(schemaFile === undefined ? [] : [schemaFile])].flatMap(
    ({ errors }) => errors,
  );
  if (syntax.length > 0) return syntax;
  const shape = [...checkShape("manifest", manifest), ...files.flatMap((file) => checkShape("definitions", file))];
  if (shape.length > 0) return shape;
  const sites = collectSites(registry);
  return [...checkSchemaUrl(registry), ...checkNames(sites), ...checkReferences(sites), ...checkTexts(sites)];
}

/** The schema URL has to lead to a schema file (https://opentelemetry.io/docs/specs/otel/schemas/). */
function checkSchemaUrl({ manifest, schemaFile }: Registry): Finding[] {
  const { schema_url: url } = manifest.data;
  const path = ["schema_url"];
  const at = { file: manifest.file, path, line: manifest.lineOf(path), rule: "schema-url" };
  if (!SCHEMA_URL.test(url)) return [{ ...at, message: `${url} is not of the form http[s]://server/path/<version>` }];
  if (schemaFile === undefined) return [{ ...at, message: `there is no schema file schemas/${url.split("/").at(-1)}` }];
  if (schemaFile.data?.schema_url === url) return [];
  return [{ ...at, message: `${schemaFile.file} has another schema_url: ${String(schemaFile.data?.schema_url)}` }];
}

/** One line for a finding: file, line, place, rule and what is wrong. */
export function formatFinding({ file, line, path, rule, message }: Finding, folder: string): string {
  const place = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
  return `${folder}/${file}:${line} ${place.replace(/^\./, "") || "(file)"} ${rule}: ${message}`;
}
