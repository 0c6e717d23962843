import { once } from "node:events";
import { connect } from "node:net";
import { TelemetryModel } from "./model.ts";
import type { Screen } from "./screen.ts";
import { clock, renderTable } from "./table.ts";
import type { TableOptions } from "./table.ts";
import { startReceiver } from "../viewer/receiver.ts";

/** What the demo shows of the telemetry that its processes send. */
export interface View {
  /** Where they send it. */
  readonly endpoint: string;
  /** Everything, given the seconds since the start. */
  full(elapsed: number): string;
  /** The most important in a line. */
  short(elapsed: number): string;
  /** What stays on the screen at the end. */
  last(elapsed: number): string;
  /** Stops to receive. */
  close(): Promise<void>;
}

/** The names that the processes report as `service.name`. */
export const services = { server: "websocket-demo-server", clients: "websocket-demo-clients" } as const;

const reachTimeout = 3000;

const advice = `Instrument your own application:
  node --import opentelemetry-websocket/register app.js`;

/** Receives the telemetry and shows it in a table. */
export async function tableView(screen: Screen): Promise<View> {
  const model = new TelemetryModel();
  const receiver = await startReceiver({ onTelemetry: (telemetry) => model.add(telemetry) });
  return {
    endpoint: receiver.url,
    full: (elapsed) => renderTable(model.snapshot(), { ...sizes(screen), elapsed }),
    short: (elapsed) => {
      const { server, client, exports } = model.snapshot();
      if (exports === 0) return `${clock(elapsed)}  waiting for the first export`;
      const { received, sent } = server.messages;
      const closed = server.closures.reduce((total, { count }) => total + count, 0);
      const handshakes = [...client.handshakes.values()].reduce((total, count) => total + count, 0);
      const messages = `${Math.round(received.perSecond ?? 0)} in, ${Math.round(sent.perSecond ?? 0)} out messages/s`;
      return `${clock(elapsed)}  ${server.active} open, ${handshakes} handshakes, ${closed} closed, ${messages}`;
    },
    last: (elapsed) => `${renderTable(model.snapshot("average"), { ...sizes(screen), height: undefined, elapsed })}

All of this was read from the OTLP that the two processes sent: their metrics,
and a span for each connection from either end.
${advice}`,
    close: () => receiver.close(),
  };
}

function sizes({ width, height, color }: Screen): Pick<TableOptions, "width" | "height" | "color"> {
  return { width, height, color };
}

/**
 * Leaves the telemetry to the user's own endpoint.
 *
 * @throws where nothing listens there
 */
export async function endpointView(endpoint: string): Promise<View> {
  await reach(endpoint);
  const sending = `traces and metrics to ${endpoint}`;
  return {
    endpoint,
    full: (elapsed) => `${clock(elapsed)}  sending ${sending}`,
    short: (elapsed) => `${clock(elapsed)}  sending ${sending}`,
    last: (elapsed) => `Sent ${sending} for ${clock(elapsed)}.
In your backend, look for service.name = ${services.server} and ${services.clients}:
metrics websocket.server.* and websocket.client.*, spans named "websocket …".
${advice}`,
    close: async () => {},
  };
}

/** That something listens is all that is asked: what a backend wants in headers is between it and the exporters. */
async function reach(endpoint: string): Promise<void> {
  const { hostname, port, protocol } = new URL(endpoint);
  const socket = connect(Number(port) || (protocol === "https:" ? 443 : 80), hostname.replace(/^\[|\]$/g, ""));
  socket.setTimeout(reachTimeout, () => socket.destroy(new Error("timeout")));
  try {
    await once(socket, "connect");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`nothing answers at ${endpoint} (${reason})`, { cause: error });
  } finally {
    socket.destroy();
  }
}
