import { apiFiles } from "./api.ts";
import type { Files } from "./api.ts";
import { panels, triggers } from "./content.ts";
import { terraform } from "./terraform.ts";

const BOARD = {
  name: "WebSocket connections",
  description: "Handshakes, closes, queues and heartbeats of the connections of a service, from their spans.",
};

/** All that is made, by its path in examples/honeycomb. */
export function honeycombFiles(): Files {
  return {
    "main.tf": terraform(panels, triggers, Object.entries(BOARD)),
    ...apiFiles(panels, triggers, BOARD),
  };
}
