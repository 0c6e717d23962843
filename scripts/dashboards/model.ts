// What a dashboard is, before it becomes one of Grafana's forms.

/** Units by Grafana's ids. Counts per second are `cps`, shares of 1 `percentunit`. */
export type Unit = "short" | "cps" | "s" | "bytes" | "Bps" | "percentunit";

/** A PromQL query with the name of its series. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** Shows exemplars, which lead from a latency to a trace. */
  readonly exemplar?: boolean;
}

/** A panel. */
export interface Panel {
  readonly title: string;
  /** One or two sentences: what it shows, and what to do where it is bad. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** `stat` shows the last value alone. @default "timeseries" */
  readonly kind?: "timeseries" | "stat";
  /** Of 24. @default 8 */
  readonly width?: number;
  /** Series on top of each other, where their sum means something. */
  readonly stacked?: boolean;
  readonly max?: number;
  /** Values from which it is yellow and red; a red one below the yellow one means that less is worse. */
  readonly thresholds?: { readonly yellow: number; readonly red: number };
  /** Which spans a link in the panel searches for, as `key=value` of Jaeger's tags. */
  readonly spans?: Readonly<Record<string, string>>;
}

/** Panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A choice at the top of a dashboard. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  /** A query of Grafana's for Prometheus, such as `label_values(metric, label)`. */
  readonly query: string;
  /** The regular expression that "All" stands for; `.*` keeps the series without the label. */
  readonly all: ".+" | ".*";
}

/** A dashboard. */
export interface Board {
  /** The file's name, and with `otel-websocket-` before it the uid. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** Where a panel is, in Grafana's units: 24 make a row. */
export interface Placed {
  readonly panel: Panel;
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const COLUMNS = 24;
const HEIGHTS = { stat: 5, timeseries: 8 };

/** Puts panels beside each other, as far as they fit; `y` counts from the row's own top. */
export function place(panels: readonly Panel[], firstId: number): Placed[] {
  let [x, y, tallest] = [0, 0, 0];
  return panels.map((panel, index) => {
    const { width = 8, kind = "timeseries" } = panel;
    if (x + width > COLUMNS) [x, y, tallest] = [0, y + tallest, 0];
    const placed = { panel, id: firstId + index, x, y, width, height: HEIGHTS[kind] };
    x += width;
    tallest = Math.max(tallest, placed.height);
    return placed;
  });
}

/** Grafana calls a panel's queries A, B, C … */
export function refId(index: number): string {
  return String.fromCodePoint(65 + index);
}
