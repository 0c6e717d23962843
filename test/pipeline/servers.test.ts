import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freePort } from "../support/port.ts";
import { start } from "../support/process.ts";
import { eventually } from "./support/eventually.ts";

test.each(["SIGKILL", "SIGINT"] as const)(
  "servers end when the process that started them ends with %s",
  async (signal) => {
    const script = fileURLToPath(new URL("support/orphan-process.ts", import.meta.url));
    const parent = start(process.execPath, [script, String(await freePort())], process.cwd(), {});
    const [, pid, folder] = await parent.line(/^started (\d+) in (.*)/);
    process.kill(Number(pid), 0);

    parent.kill(signal);
    await eventually(() => expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH"));
    rmSync(folder ?? "", { recursive: true });
  },
);
