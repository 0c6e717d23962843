import type { Board } from "../model.ts";
import { clients, synthetic } from "./others.ts";
import { backpressure, connections, overview } from "./servers.ts";

/** All dashboards. */
export const boards: readonly Board[] = [overview, connections, backpressure, synthetic, clients];
