/** Shows what the servers printed when a test has failed. */
import { afterEach } from "vitest";
import { servers } from "./server.ts";

const LINES = 20;

afterEach(({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const { name, output } of servers) {
    const telling = output
      .split("\n")
      .filter((line) => !/\t(info|debug)\t|level=(INFO|DEBUG)|"level":"info"/.test(line));
    console.error(`--- ${name}, last lines without what is usual\n${telling.slice(-LINES).join("\n")}`);
  }
});
