/** Removes the folders named on the command line, all of them inside the project. */
import { rmSync } from "node:fs";
import { relative, resolve } from "node:path";

for (const folder of process.argv.slice(2)) {
  const path = resolve(folder);
  if (relative(process.cwd(), path).startsWith("..")) throw new Error(`clean: ${folder} is outside the project`);
  rmSync(path, { recursive: true, force: true });
}
