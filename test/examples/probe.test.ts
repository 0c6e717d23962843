import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { runCli } from "../support/cli.ts";
import { describeExample } from "./kit.ts";

describeExample("probe.yaml", () => {
  const path = fileURLToPath(new URL("../../examples/probe.yaml", import.meta.url));

  test("checks a chat that echoes, as its first line says", async () => {
    expect(readFileSync(path, "utf8")).toContain("node dist/cli.js probe --config examples/probe.yaml");
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    server.on("connection", (socket) => socket.on("message", (data) => socket.send(data, { binary: false })));
    await once(server, "listening");
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat`;
    const run = runCli(["probe", "--config", path, "--json"], { CHAT_URL: url });
    await run.ended;
    const results = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { name: string; result: string; location: string });
    // A busy machine may be slower than the limits of the example.
    expect(results.filter(({ result }) => result === "down")).toEqual([]);
    expect(results.map(({ name, location }) => `${name} ${location}`).toSorted()).toEqual([
      "chat office",
      "echo office",
    ]);
    server.close();
  });
});
