import type { WebSocket } from "ws";
import { largestMessage, paths, requests } from "./messages.ts";

/** How a client of the demo connects, what it does, and how its connection ends. */
export interface Scenario {
  path: string;
  subprotocols: string[];
  /** Sends chat messages now and then. */
  chats: boolean;
  /** Comes without the parameter that the server asks for, and is refused with 401. */
  anonymous: boolean;
  /** Goes to a port where nothing listens. */
  unreachable: boolean;
  /** Ends the connection, or has the server end it. */
  end(webSocket: WebSocket): void;
  /** How often, beside the others. */
  weight: number;
}

const chatting = {
  path: paths.chat,
  subprotocols: ["chat.v2", "chat.v1"],
  chats: true,
  anonymous: false,
  unreachable: false,
};
const watching = { ...chatting, path: paths.ticker, subprotocols: [], chats: false };
const ordinary = (webSocket: WebSocket): void => webSocket.close(1000, "done");

/** Ordinary ends are the most frequent; the weights are in no proportion to real traffic, or there were little to see. */
const scenarios: readonly Scenario[] = [
  { ...chatting, weight: 6, end: ordinary },
  { ...chatting, weight: 1, end: (webSocket) => webSocket.send(requests.expire) },
  { ...watching, weight: 4, end: ordinary },
  { ...chatting, weight: 1, anonymous: true, end: ordinary },
  { ...chatting, weight: 2, end: (webSocket) => webSocket.terminate() },
  { ...chatting, weight: 2, subprotocols: ["chat.v1"], end: (webSocket) => webSocket.close() },
  { ...chatting, weight: 1, end: (webSocket) => webSocket.send(Buffer.alloc(largestMessage + 1)) },
  { ...chatting, weight: 1, path: "/wrong", end: ordinary },
  { ...chatting, weight: 1, unreachable: true, end: ordinary },
  { ...chatting, weight: 1, end: (webSocket) => webSocket.send(requests.drop) },
  { ...chatting, weight: 1, end: (webSocket) => webSocket.send(requests.leave) },
  { ...watching, weight: 2, end: (webSocket) => webSocket.close(1001, "page left") },
  { ...chatting, weight: 1, end: (webSocket) => webSocket.close(4000, "signed out") },
];

/** What the first clients do: each scenario once, so that a short demo shows them all. */
export const firstScenarios: readonly Scenario[] = scenarios;

let bag: Scenario[] = [];

/** A scenario at random; over many calls each comes up in proportion to its weight. */
export function nextScenario(): Scenario {
  if (bag.length === 0) bag = scenarios.flatMap((scenario) => Array.from({ length: scenario.weight }, () => scenario));
  const [drawn] = bag.splice(Math.floor(Math.random() * bag.length), 1);
  if (drawn === undefined) throw new Error("the bag of scenarios is empty");
  return drawn;
}
