// Writes the table of options in docs/options.md from their declarations. A test fails where it is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readOptions } from "./options/read.ts";
import { withTable } from "./options/table.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const page = `${root}docs/options.md`;
writeFileSync(page, withTable(readFileSync(page, "utf8"), readOptions(root)));
