import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_WEBSOCKET_HEARTBEAT_OUTCOME,
  ATTR_WEBSOCKET_HEARTBEAT_TYPE,
  EVENT_WEBSOCKET_CONNECTION_HEARTBEAT_MISSED,
  WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_ACKNOWLEDGED,
  WEBSOCKET_HEARTBEAT_OUTCOME_VALUE_MISSED,
  WEBSOCKET_HEARTBEAT_TYPE_VALUE_APPLICATION,
  WEBSOCKET_HEARTBEAT_TYPE_VALUE_PROTOCOL,
} from "../../semconv.ts";
import { nowSeconds } from "../clock.ts";
import { contain, reportOnce } from "../contain.ts";
import type { Role } from "../facts.ts";
import type { ConnectionTrace, HeartbeatTotals, Signals } from "../signals.ts";
import { Acks } from "./acks.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { ApplicationHeartbeat, HeartbeatRules } from "./heartbeat.ts";
import { Pings } from "./pings.ts";
import type { QualityInputs } from "./quality.ts";

const PROTOCOL = WEBSOCKET_HEARTBEAT_TYPE_VALUE_PROTOCOL;
const APPLICATION = WEBSOCKET_HEARTBEAT_TYPE_VALUE_APPLICATION;
const CREATE = "heartbeat.application.create";

/** What the health of a connection needs to know of it. */
export interface HealthContext {
  readonly signals: Signals;
  readonly role: Role;
  readonly attributes: Attributes;
  readonly trace: ConnectionTrace | undefined;
}

/** How a heartbeat reaches the connection. */
export interface HeartbeatActions {
  /** Whether the connection takes messages: not while it closes. */
  open(): boolean;
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
  /** The ping that leaves now is a heartbeat of ours, until it is seen to leave. */
  #pinging = false;
  /** When the application heartbeat that is waited for was sent, and its number; 0 for none. */
  #beatAt = 0;
  #beatNumber = 0;
  /** Application heartbeats that were given up and may still be acknowledged. */
  #owed = 0;
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
        if (!actions.open()) return false;
        return application === undefined ? this.#ping(sequence, actions) : this.#send(sequence, actions, application);
      },
      unanswered: () => {
        if (application === undefined) {
          this.#missPings(this.#pings.expireOwn());
          return;
        }
        this.#miss(APPLICATION);
        this.#beatAt = 0;
        this.#owed += 1;
      },
      lost: () => {
        if (rules.terminate) contain("heartbeat", () => actions.terminate());
      },
    });
  }

  /** A ping leaves, whoever sent it. */
  pingSent(payload: Uint8Array | string): void {
    const own = this.#pinging;
    this.#pinging = false;
    this.#missPings(this.#pings.sent(payload, nowSeconds(), own));
  }

  /** A pong arrives. */
  pongReceived(payload: Uint8Array | string): void {
    const answered = this.#pings.answered(payload, nowSeconds());
    for (const { roundTrip } of answered) this.#acknowledge(PROTOCOL, roundTrip);
    if (answered.length === 0 || this.#beatType !== PROTOCOL) return;
    if (answered.some(({ own }) => own)) this.#heartbeat?.answered();
    else this.#heartbeat?.alive();
  }

  /**
   * An acknowledgement of the application heartbeat arrives: of the one with a number, or `true` for one that does not
   * say which. One that nobody waits for tells nothing; one that may be late tells no time.
   */
  beatAcknowledged(which: true | number): void {
    const numbered = which !== true;
    if (this.#beatAt === 0 || (numbered && which !== this.#beatNumber)) {
      if (this.#owed > 0) this.#owed -= 1;
      return;
    }
    this.#acknowledge(APPLICATION, numbered || this.#owed === 0 ? nowSeconds() - this.#beatAt : undefined);
    this.#beatAt = 0;
    this.#heartbeat?.answered();
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
    this.#missPings(this.#pings.expire(now, pingTimeout));
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

  /** The connection has ended: clears every timer. `pingTimeout` in seconds. */
  end(now: number, pingTimeout: number): void {
    this.#heartbeat?.stop();
    this.#missPings(this.#pings.expire(now, pingTimeout));
    this.#acks?.close(now);
  }

  /** `false` where the ping was not seen to leave: then its pong would not be seen either. */
  #ping(sequence: number, actions: HeartbeatActions): boolean {
    this.#pinging = true;
    contain("heartbeat", () => actions.ping(pingPayload(sequence)));
    const left = !this.#pinging;
    this.#pinging = false;
    return left;
  }

  #send(sequence: number, actions: HeartbeatActions, application: ApplicationHeartbeat): boolean {
    const message: unknown = contain(CREATE, () => application.create(sequence));
    if (typeof message !== "string" && !(message instanceof Uint8Array)) {
      reportOnce(CREATE, "expected a string or a Uint8Array");
      return false;
    }
    this.#beatAt = nowSeconds();
    this.#beatNumber = sequence;
    const sent = contain("heartbeat", () => {
      actions.send(message);
      return true;
    });
    if (sent !== true) this.#beatAt = 0;
    return sent === true;
  }

  #missPings(count: number): void {
    for (let missed = 0; missed < count; missed += 1) this.#miss(PROTOCOL);
  }

  #acknowledge(type: string, roundTrip: number | undefined): void {
    this.#acknowledged += 1;
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
    signals.event(EVENT_WEBSOCKET_CONNECTION_HEARTBEAT_MISSED, { [ATTR_WEBSOCKET_HEARTBEAT_TYPE]: type }, trace);
  }
}

/** Payloads that no other ping of the connection has: a prefix that names us, and a number. */
function pingPayload(sequence: number): Uint8Array {
  const payload = new Uint8Array(8);
  payload.set([0x6f, 0x74, 0x65, 0x6c]);
  new DataView(payload.buffer).setUint32(4, sequence);
  return payload;
}
