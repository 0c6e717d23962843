/** The demo's clients: as many connections at a time as asked for, each for a while. Nothing here knows telemetry. */
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { linkToParent } from "./child.ts";
import { largestMessage } from "./messages.ts";
import type { ToChild } from "./messages.ts";
import { firstScenarios, nextScenario } from "./scenarios.ts";
import type { Scenario } from "./scenarios.ts";

const roomSize = 8;
const startSpread = 800;
const open = new Set<WebSocket>();
const stopping = new AbortController();
let running: Promise<unknown> = Promise.resolve();

const parent = linkToParent({
  start: (message) => {
    running = Promise.all(Array.from({ length: message.clients }, (_, index) => slot(index, message)));
  },
  stop: async () => {
    stopping.abort();
    for (const webSocket of open) webSocket.close(1001, "demo over");
    const impatient = setTimeout(() => {
      for (const webSocket of open) webSocket.terminate();
    }, 1000);
    await running;
    clearTimeout(impatient);
  },
});
parent.ready();

type Start = ToChild & { kind: "start" };

/** One connection after the other, until the demo ends. */
async function slot(index: number, start: Start): Promise<void> {
  await pause((index / start.clients) * startSpread);
  let scenario = firstScenarios[index] ?? nextScenario();
  let seconds = between(0.5, 2);
  while (!stopping.signal.aborted) {
    await live(scenario, seconds, index, start);
    await pause(between(100, 800));
    scenario = nextScenario();
    // Short lives come first, so that there is something to see at once.
    seconds = Math.random() < 0.3 ? between(1, 4) : between(4, 25);
  }
}

function live(scenario: Scenario, seconds: number, index: number, start: Start): Promise<void> {
  const port = scenario.unreachable ? start.closedPort : start.port;
  const query = scenario.anonymous ? "" : `?room=${Math.floor(index / roomSize)}&user=${index}`;
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}${scenario.path}${query}`, scenario.subprotocols, {
    perMessageDeflate: index % 2 === 0,
  });
  open.add(webSocket);
  let ending: NodeJS.Timeout | undefined;
  let talking: NodeJS.Timeout | undefined;
  webSocket.on("open", () => {
    ending = setTimeout(() => scenario.end(webSocket), seconds * 1000);
    if (scenario.chats) talking = setInterval(() => talk(webSocket), between(400, 1600));
  });
  return new Promise((resolve) => {
    webSocket.on("error", () => {});
    webSocket.on("close", () => {
      clearTimeout(ending);
      clearInterval(talking);
      open.delete(webSocket);
      resolve();
    });
  });
}

const phrases = ["hello", "zażółć gęślą jaźń", "こんにちは、元気ですか", "🐝 what a day 🌻", "see you at ten"];

function talk(webSocket: WebSocket): void {
  if (webSocket.readyState !== WebSocket.OPEN) return;
  if (Math.random() < 0.05) webSocket.send(Buffer.alloc(largestMessage * between(0.2, 0.9), "an upload "));
  else webSocket.send(phrases[Math.floor(between(0, phrases.length))] ?? "");
}

function between(least: number, most: number): number {
  return least + Math.random() * (most - least);
}

async function pause(milliseconds: number): Promise<void> {
  // Rejects when the demo ends, and then there is nothing to wait for.
  await sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => {});
}
