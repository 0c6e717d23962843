/** A connection that a client library opens again and again, as its events tell it. */
import {
  ATTR_WEBSOCKET_RECONNECTION_OUTCOME,
  WEBSOCKET_RECONNECTION_OUTCOME_VALUE_FAILED,
  WEBSOCKET_RECONNECTION_OUTCOME_VALUE_SUCCEEDED,
} from "../../semconv.ts";
import { nowSeconds } from "../clock.ts";
import type { Signals } from "../signals.ts";

/** Counts the attempts after the first one, and how they end. */
export class LogicalConnection {
  readonly #signals: Signals;
  #open: boolean;
  /** Whether an attempt would be a further one. */
  #again: boolean;
  /** When the last connection ended, in seconds; `undefined` where there was none. */
  #lostAt: number | undefined;

  constructor(signals: Signals, open: boolean) {
    this.#signals = signals;
    this.#open = open;
    this.#again = open;
  }

  /** An attempt succeeded. */
  opened(): void {
    if (this.#open) return;
    this.#open = true;
    if (this.#again) {
      this.#count(WEBSOCKET_RECONNECTION_OUTCOME_VALUE_SUCCEEDED);
      if (this.#lostAt !== undefined) {
        this.#signals.duration("client", "reconnection.delay", nowSeconds() - this.#lostAt, {});
      }
    }
    this.#again = true;
    this.#lostAt = undefined;
  }

  /** The connection ended, or an attempt failed. */
  closed(): void {
    if (this.#open) {
      this.#open = false;
      this.#lostAt = nowSeconds();
    } else if (this.#again) {
      this.#count(WEBSOCKET_RECONNECTION_OUTCOME_VALUE_FAILED);
    }
    this.#again = true;
  }

  #count(outcome: string): void {
    this.#signals.refresh();
    this.#signals.count("client", "reconnections", { [ATTR_WEBSOCKET_RECONNECTION_OUTCOME]: outcome });
  }
}
