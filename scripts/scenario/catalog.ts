import type { Ending, Population, Scenario } from "./model.ts";

/** One connection of 25 is lost, as networks are; the others end as they should. */
const USUAL: readonly Ending[] = Array.from({ length: 25 }, (_, index) =>
  index === 4 ? "lost" : index % 3 === 0 ? "left" : "done",
);

/** Clients that do nothing wrong. */
function people(clients: number, life = 10): Population {
  return { name: "people", clients, from: 0, over: 5, life, away: 0.2, endings: USUAL };
}

export type ScenarioName =
  | "normal-day"
  | "deploy"
  | "reconnect-storm"
  | "slow-consumer"
  | "half-open-peers"
  | "saturation"
  | "bad-client-release"
  | "backend-outage";

/** The scenarios by name. Each begins with a calm time, so that what was before is known. */
export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  "normal-day": {
    summary: "Clients come, talk, and leave; now and then a network is lost.",
    minutes: 45,
    populations: [people(60)],
  },
  deploy: {
    summary:
      "A process ends on SIGTERM, first one that closes with 1001, then one that closes nothing; another takes over, and clients come back.",
    minutes: 45,
    populations: [people(60)],
    incidents: [
      { at: 12, kind: "deploy" },
      { at: 28, kind: "deploy in haste" },
    ],
  },
  "reconnect-storm": {
    summary: "A third of the clients lose their connection every few seconds and come back at once.",
    minutes: 40,
    populations: [
      people(40),
      { name: "flapping", clients: 20, from: 10, over: 1, life: 0.05, away: 0.03, endings: ["lost"] },
    ],
  },
  "slow-consumer": {
    summary: "More and more clients stop reading while the server goes on sending.",
    minutes: 46,
    populations: [
      people(20),
      { name: "slow", clients: 36, from: 8, over: 36, life: 600, away: 1, endings: ["lost"], reads: false },
    ],
    heartbeats: false,
    feed: 30_000,
  },
  "half-open-peers": {
    summary: "Peers fall silent without closing; heartbeats find them, and the server ends their connections.",
    minutes: 45,
    populations: [
      people(60),
      { name: "silent", clients: 36, from: 8, over: 5, life: 4, away: 0.5, endings: ["silent"] },
    ],
  },
  saturation: {
    summary: "Clients come and stay, until the server holds as many as it is meant to.",
    minutes: 42,
    populations: [
      { ...people(40, 120), over: 2 },
      { ...people(60, 120), name: "more people", from: 3, over: 30 },
    ],
    capacity: 100,
  },
  "bad-client-release": {
    summary: "A release of the client breaks frames and text, crashes, and forgets its token and its subprotocol.",
    minutes: 35,
    populations: [
      people(60, 15),
      {
        name: "crashing",
        clients: 24,
        from: 8,
        over: 3,
        life: 4,
        away: 0.2,
        endings: ["lost", "lost", "bad frame", "lost", "lost", "bad text", "lost", "lost", "application code", "lost"],
      },
      { name: "tokenless", clients: 16, from: 8, over: 3, life: 4, away: 0.5, endings: ["done"], mistake: "no token" },
      {
        name: "speechless",
        clients: 8,
        from: 8,
        over: 3,
        life: 4,
        away: 0.5,
        endings: ["done"],
        mistake: "unknown subprotocol",
      },
    ],
  },
  "backend-outage": {
    summary: "What the server needs is gone: every message ends in 1011, every new upgrade in 503.",
    minutes: 38,
    populations: [people(60)],
    incidents: [{ at: 20, kind: "outage" }],
  },
};

export const SCENARIO_NAMES: readonly ScenarioName[] = Object.keys(SCENARIOS) as ScenarioName[];
