// Builds the queries. Each names the job and the instance, and series without a route are kept where all are shown.
import { METRIC_DEFINITIONS } from "../../src/semconv.ts";
import { histogramName, labelName, seriesName } from "../prometheus/names.ts";
import type { MetricName } from "../prometheus/names.ts";
import type { Query } from "./model.ts";

/** Which series: labels by the attribute's key, and `!` before a value for all others. */
export type Where = Readonly<Record<string, string>>;

/** How to sum: by attribute keys or Prometheus' own labels, of which series. */
export interface Selection {
  readonly by?: readonly string[];
  readonly where?: Where;
}

/** Quantiles that every duration is shown with. */
const QUANTILES = [0.5, 0.95, 0.99];

/** Queries on the metrics of one side, with the choices that the dashboard offers for it. */
export class Scope {
  readonly #matchers: readonly string[];
  readonly #namespace: string;

  /**
   * @param namespace of the metrics, such as `websocket.client`
   * @param matchers beside those of job and instance
   */
  constructor(namespace: string, matchers: readonly string[]) {
    this.#namespace = namespace;
    this.#matchers = ['job=~"$job"', 'instance=~"$instance"', ...matchers];
  }

  /** A metric of this side by the name that it has on servers. @throws TypeError where this side has none */
  metric(server: MetricName): MetricName {
    const name = server.replace(/^websocket\.server/, this.#namespace);
    if (!(name in METRIC_DEFINITIONS)) throw new TypeError(`${server} has no counterpart ${name} in the registry`);
    return name as MetricName;
  }

  /** Events per second. */
  rate(metric: MetricName, selection: Selection = {}): string {
    const own = this.metric(metric);
    const histogram = METRIC_DEFINITIONS[own].instrument === "histogram";
    return this.#rate(histogram ? histogramName(own, "count") : seriesName(own), selection);
  }

  /** What a histogram measured, per second. */
  sumRate(metric: MetricName, selection: Selection = {}): string {
    return this.#rate(histogramName(this.metric(metric), "sum"), selection);
  }

  /** The sum of what is now. */
  sum(metric: MetricName, selection: Selection = {}): string {
    return aggregate("sum", this.#series(seriesName(this.metric(metric)), selection), selection);
  }

  /** The largest of what is now. */
  max(metric: MetricName, selection: Selection = {}): string {
    return aggregate("max", this.#series(seriesName(this.metric(metric)), selection), selection);
  }

  /** The smallest of what is now. */
  min(metric: MetricName, selection: Selection = {}): string {
    return aggregate("min", this.#series(seriesName(this.metric(metric)), selection), selection);
  }

  /** A quantile of a histogram. */
  quantile(metric: MetricName, quantile: number, selection: Selection = {}): string {
    const buckets = histogramName(this.metric(metric), "bucket");
    const by = ["le", ...(selection.by ?? [])];
    return `histogram_quantile(${quantile}, ${this.#rate(buckets, { ...selection, by })})`;
  }

  /** A query for each of the usual quantiles, with exemplars. */
  quantiles(metric: MetricName, selection: Selection = {}): Query[] {
    return QUANTILES.map((quantile) => ({
      expr: this.quantile(metric, quantile, selection),
      legend: [`p${quantile * 100}`, ...legends(selection.by)].join(" "),
      exemplar: true,
    }));
  }

  #rate(series: string, selection: Selection): string {
    return aggregate("sum", `rate(${this.#series(series, selection)}[$__rate_interval])`, selection);
  }

  #series(series: string, { where = {} }: Selection): string {
    const own = Object.entries(where).map(([key, value]) =>
      value.startsWith("!") ? `${labelName(key)}!="${value.slice(1)}"` : `${labelName(key)}="${value}"`,
    );
    return `${series}{${[...this.#matchers, ...own].join(", ")}}`;
  }
}

/**
 * A share of a whole, from 0 to 1. Where nothing of the part exists it is 0, and where the whole is 0 there is no
 * share: no value, and never NaN.
 */
export function share(part: string, whole: string): string {
  return `(${part} or ${whole} * 0) / (${whole} > 0)`;
}

/** The names of series that are told apart by attributes. */
export function legend(...by: readonly string[]): string {
  return legends(by).join(" ");
}

function legends(by: readonly string[] = []): string[] {
  return by.map((key) => `{{${labelName(key)}}}`);
}

function aggregate(operator: string, vector: string, { by = [] }: Selection): string {
  return by.length === 0 ? `${operator}(${vector})` : `${operator} by (${by.map(labelName).join(", ")}) (${vector})`;
}
