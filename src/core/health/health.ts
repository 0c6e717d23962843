import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_WEBSOCKET_HEARTBEAT_OUTCOME,
  ATTR_WEBSOCKET_HEARTBEAT_TYPE,
  WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_ACKNOWLEDGED,
  WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_MISSED,
  WEBSOCKET_HEARTBEAT_TYPE_VALUE_APPLICATION,
  WEBSOCKET_HEARTBEAT_TYPE_VALUE_PROTOCOL,
} from "../../semconv.ts";
import { nowSeconds } from "../clock.ts";
import { contain } from "../contain.ts";
import type { Role } from "../facts.ts";
import type { ConnectionTrace, HeartbeatTotals, Signals } from "../signals.ts";
import { Acks } from "./acks.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { HeartbeatRules } from "./heartbeat.ts";
import { Pings } from "./pings.ts";
import type { QualityInputs } from "./quality.ts";

const PROTOCOL = WEBSOCKET_HEARTBEAT_TYPE_VALUE_PROTOCOL;
const APPLICATION = WEBSOCKET_HEARTBEAT_TYPE_VALUE_APPLICATION;

/** What the health of a connection needs to know of it. */
export interface HealthContext {
  readonly signals: Signals;
  readonly role: Role;
  readonly attributes: Attributes;
  readonly trace: ConnectionTrace | undefined;
}

/** How a heartbeat reaches the connection. */
export interface HeartbeatActions {
  ping(payload: Uint8Array): void;
  send(message: string | Uint8Array): void;
  /** The peer is lost. */
  terminate(): void;
}

/** Heartbeats and acknowledgements of one connection; made with the first of them. */
export class Health {
  readonly #context: HealthContext;
  readonly #pings: Pings = new Pings();
  #acknowledged = 0;
  #missed = 0;
  #roundTrips = 0;
  #roundTripSum = 0;
  #heartbeat: Heartbeat | undefined;
  /** What answers the heartbeat: a pong says nothing about the application. */
  #beatType: string = PROTOCOL;
  /** When the application heartbeat that is waited for was sent; 0 for none. */
  #beatAt = 0;
  #acks: Acks | undefined;
  /** Reconnections of the client within the window. */
  reconnections = 0;

  constructor(context: HealthContext) {
    this.#context = context;
  }

  /** Begins to send heartbeats. */
  start(rules: HeartbeatRules, actions: HeartbeatActions): void {
    const { application } = rules;
    this.#beatType = application === undefined ? PROTOCOL : APPLICATION;
    this.#heartbeat = new Heartbeat(rules, {
      beat: (sequence) => {
        if (application === undefined) {
          contain("heartbeat", () => actions.ping(pingPayload(sequence)));
          return;
        }
        const message = contain("heartbeat.application.create", () => application.create());
        if (message === undefined) return;
        this.#beatAt = nowSeconds();
        contain("heartbeat", () => actions.send(message));
      },
      unanswered: () => {
        // Timers and clocks differ by less than a hundredth of any timeout worth having.
        if (application === undefined) this.#giveUp(nowSeconds(), (rules.timeout / 1000) * 0.99);
        else this.#miss(APPLICATION);
        this.#beatAt = 0;
      },
      lost: () => {
        if (rules.terminate) contain("heartbeat", () => actions.terminate());
      },
    });
  }

  /** A ping leaves, whoever sent it. */
  pingSent(payload: Uint8Array | string): void {
    for (let count = this.#pings.sent(payload, nowSeconds()); count > 0; count -= 1) this.#miss(PROTOCOL);
  }

  /** A pong arrives. */
  pongReceived(payload: Uint8Array | string): void {
    for (const one of this.#pings.answered(payload, nowSeconds())) {
      if (one.outcome === "acknowledged") this.#acknowledge(PROTOCOL, one.roundTrip);
    }
  }

  /** An acknowledgement of the application heartbeat arrives. One that nobody waits for tells nothing. */
  beatAcknowledged(): void {
    if (this.#beatAt === 0) return;
    this.#acknowledge(APPLICATION, nowSeconds() - this.#beatAt);
    this.#beatAt = 0;
  }

  /** Acknowledgements of the application's messages. */
  acks(limit: number): Acks {
    this.#acks ??= new Acks(limit, (outcome, seconds) => {
      const { signals, role, attributes } = this.#context;
      const point = outcome === "acknowledged" ? attributes : { ...attributes, [ATTR_ERROR_TYPE]: outcome };
      signals.duration(role, "ack.duration", seconds, point);
    });
    return this.#acks;
  }

  /** Gives up what has waited too long. `pingTimeout` in seconds. */
  sweep(now: number, pingTimeout: number): void {
    if (this.#heartbeat === undefined) this.#giveUp(now, pingTimeout);
    this.#acks?.expire(now);
  }

  /** What the quality of the connection is made of. */
  get inputs(): QualityInputs {
    return {
      acknowledged: this.#acknowledged,
      missed: this.#missed,
      meanRoundTrip: this.#roundTrips === 0 ? undefined : this.#roundTripSum / this.#roundTrips,
      reconnections: this.reconnections,
    };
  }

  /** For the span; `undefined` where there was no heartbeat. */
  get totals(): HeartbeatTotals | undefined {
    return this.#acknowledged + this.#missed === 0 ? undefined : this.inputs;
  }

  /** The connection has ended: clears every timer. */
  end(now: number): void {
    this.#heartbeat?.stop();
    this.#acks?.close(now);
  }

  #giveUp(now: number, timeout: number): void {
    for (let count = this.#pings.expire(now, timeout); count > 0; count -= 1) this.#miss(PROTOCOL);
  }

  #acknowledge(type: string, roundTrip: number | undefined): void {
    this.#acknowledged += 1;
    if (type === this.#beatType) this.#heartbeat?.answered();
    const { signals, role, attributes } = this.#context;
    const point = { ...attributes, [ATTR_WEBSOCKET_HEARTBEAT_TYPE]: type };
    signals.count(role, "heartbeats", {
      ...point,
      [ATTR_WEBSOCKET_HEARTBEAT_OUTCOME]: WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_ACKNOWLEDGED,
    });
    if (roundTrip === undefined) return;
    this.#roundTrips += 1;
    this.#roundTripSum += roundTrip;
    signals.duration(role, "heartbeat.duration", roundTrip, point);
  }

  #miss(type: string): void {
    this.#missed += 1;
    const { signals, role, attributes, trace } = this.#context;
    const point = {
      ...attributes,
      [ATTR_WEBSOCKET_HEARTBEAT_TYPE]: type,
      [ATTR_WEBSOCKET_HEARTBEAT_OUTCOME]: WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_MISSED,
    };
    signals.count(role, "heartbeats", point);
    signals.event("websocket.connection.heartbeat_missed", { [ATTR_WEBSOCKET_HEARTBEAT_TYPE]: type }, trace);
  }
}

/** Payloads that no other ping of the connection has: a prefix that names us, and a number. */
function pingPayload(sequence: number): Uint8Array {
  const payload = new Uint8Array(8);
  payload.set([0x6f, 0x74, 0x65, 0x6c]);
  new DataView(payload.buffer).setUint32(4, sequence);
  return payload;
}
