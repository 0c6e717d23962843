import type { ScenarioName } from "./catalog.ts";

/** An alert as it is named here: its severity and its name. */
export type AlertKey = `${"critical" | "warning"} ${string}`;

/** The alerts that fire in a scenario; no other does. */
export const EXPECTED: Readonly<Record<ScenarioName, readonly AlertKey[]>> = {
  "normal-day": [],
  deploy: [],
  "reconnect-storm": [
    "critical WebSocketServerReconnectStorm",
    "warning WebSocketServerFrequentReconnectors",
    "critical WebSocketServerAbnormalClosures",
    "warning WebSocketServerAbnormalClosures",
    "warning WebSocketClientAbnormalClosures",
  ],
  "slow-consumer": ["warning WebSocketServerSlowConsumersGrowing", "warning WebSocketServerBufferedBytes"],
  "half-open-peers": [
    "warning WebSocketServerHeartbeatLoss",
    "critical WebSocketServerAbnormalClosures",
    "warning WebSocketServerAbnormalClosures",
  ],
  saturation: [
    "warning WebSocketServerSaturationSoon",
    "warning WebSocketServerCapacity",
    "critical WebSocketServerCapacity",
  ],
  "bad-client-release": [
    "warning WebSocketServerHandshakesRefused",
    "critical WebSocketServerAbnormalClosures",
    "warning WebSocketServerAbnormalClosures",
    "warning WebSocketClientHandshakeFailures",
    "warning WebSocketClientAbnormalClosures",
  ],
  "backend-outage": [
    "warning WebSocketServerInternalErrors",
    "critical WebSocketServerHandshakeBudgetBurn",
    "warning WebSocketServerHandshakeBudgetBurn",
    "critical WebSocketServerNoConnections",
    "warning WebSocketClientHandshakeFailures",
  ],
};
