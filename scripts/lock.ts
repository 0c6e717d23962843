/**
 * Completes package-lock.json: `npm install` leaves out the optional packages for platforms that the registry in use
 * does not serve, and `npm ci` then refuses the file. Run after each change of dependencies: `node scripts/lock.ts`.
 */
import { readFileSync, writeFileSync } from "node:fs";

interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const FILE = new URL("../package-lock.json", import.meta.url);
const PLATFORM =
  /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64)(?:-(\w+))?$/;

const lock = JSON.parse(readFileSync(FILE, "utf8")) as { packages: Record<string, Entry> };
const added: string[] = [];
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const platform = PLATFORM.exec(name);
    const known = [`${path}/node_modules/${name}`, `node_modules/${name}`].some((place) => place in lock.packages);
    if (known || platform === null || !/^\d/.test(version)) continue;
    const [, os, cpu, abi = ""] = platform;
    const libc = os === "linux" ? [abi.startsWith("musl") ? "musl" : "glibc"] : undefined;
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(dev === true && { dev }),
      optional: true,
      os: [os!],
      cpu: [cpu!],
      ...(libc !== undefined && { libc }),
    };
    added.push(name);
  }
}
const sorted = Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1));
writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(added.length === 0 ? "package-lock.json is complete" : `added ${String(added.length)} optional packages`);
