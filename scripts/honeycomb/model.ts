/** What is made in Honeycomb, in the terms of its query specification. */

/** https://docs.honeycomb.io/api/query-specification: the operators that are used here. */
export type Operation = "COUNT" | "SUM" | "MAX" | "P50" | "P95" | "HEATMAP";

export interface Calculation {
  readonly op: Operation;
  /** None for COUNT. */
  readonly column?: string;
}

export interface Filter {
  readonly column: string;
  readonly op: "=" | "!=" | ">" | ">=" | "<" | "<=" | "exists" | "does-not-exist";
  /** None for the last two. */
  readonly value?: string | number;
}

/** A query on the spans of one service. Filters are all to be met. */
export interface Query {
  readonly calculations: readonly Calculation[];
  readonly filters: readonly Filter[];
  readonly breakdowns?: readonly string[];
  /** The calculation by which groups are ordered, largest first. */
  readonly order?: Calculation;
  /** Seconds. */
  readonly timeRange: number;
}

/** A panel of the board. */
export interface Panel {
  /** The file's name, and the resource's in Terraform, where `-` is `_`. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly style: "graph" | "table" | "combo";
  readonly query: Query;
}

export interface Trigger {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  /** One calculation, filters and breakdowns only: a trigger may have no more. */
  readonly query: Query;
  readonly threshold: { readonly op: ">" | ">="; readonly value: number };
  /** Seconds between two looks; a multiple of 60, and at least a quarter of the query's time range. */
  readonly frequency: number;
}
