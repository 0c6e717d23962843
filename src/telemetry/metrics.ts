import type { BatchObservableResult, Meter } from "@opentelemetry/api";
import { nowSeconds } from "../core/clock.ts";
import type { Role } from "../core/facts.ts";
import { RoleMetrics } from "./role-metrics.ts";

/** All metrics of one meter provider: two ledgers, read by one batch callback. */
export class Metrics {
  readonly #roles: Record<Role, RoleMetrics> = { server: new RoleMetrics("server"), client: new RoleMetrics("client") };
  #unbind: (() => void) | undefined;

  /** Moves to another meter; what is counted so far goes on there. */
  bind(meter: Meter): void {
    this.#unbind?.();
    const observables = [...this.#roles.server.bind(meter), ...this.#roles.client.bind(meter)];
    const callback = (result: BatchObservableResult): void => this.#collect(result);
    meter.addBatchObservableCallback(callback, observables);
    this.#unbind = () => meter.removeBatchObservableCallback(callback, observables);
  }

  of(role: Role): RoleMetrics {
    return this.#roles[role];
  }

  #collect(result: BatchObservableResult): void {
    const now = nowSeconds();
    for (const metrics of [this.#roles.server, this.#roles.client]) {
      metrics.ledger.sweep(now);
      metrics.observe(result);
    }
  }
}
