import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as api from "@opentelemetry/api";

/** The packages of one SDK. */
export interface SdkPackages {
  /** Loads an export of one of the packages that this SDK consists of. */
  load(name: string, exported: string): unknown;
  /** Makes an instance of a class from one of those packages. */
  create(name: string, className: string, options?: object): unknown;
}

type Class = new (options?: object) => unknown;

/** The package that depends on all others. */
export const SDK_NODE = "@opentelemetry/sdk-node";

/**
 * Loads the SDK: our own, which needs `@opentelemetry/api` 1.10 (where the logs API moved in), or with an older API
 * the application's own. `undefined` where there is none that fits.
 * @throws what loading it throws
 */
export function loadSdk(): SdkPackages | undefined {
  const entry = "SeverityNumber" in api ? createRequire(import.meta.url).resolve(SDK_NODE) : ownSdkOfApplication();
  if (entry === undefined) return undefined;
  // An exporter is of no use to an SDK of another release, so all come from where this SDK finds them itself.
  const require = createRequire(entry);
  const load = (name: string, exported: string): unknown => {
    const found = (require(name === SDK_NODE ? entry : name) as Record<string, unknown>)[exported];
    if (found === undefined) throw new Error(`${name} has no ${exported}`);
    return found;
  };
  return { load, create: (name, className, options) => new (load(name, className) as Class)(options) };
}

function ownSdkOfApplication(): string | undefined {
  const [, script] = process.argv;
  for (const folder of [script === undefined ? undefined : dirname(script), process.cwd()]) {
    if (folder === undefined) continue;
    try {
      return createRequire(join(folder, "application.js")).resolve(SDK_NODE);
    } catch {
      // Not there; perhaps in the next one.
    }
  }
  return undefined;
}
