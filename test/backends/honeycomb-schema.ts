/**
 * Schemas of the bodies of requests to Honeycomb's API, written from the fields that its documentation names
 * (docs.honeycomb.io/api/queries, /query-annotations, /boards, /triggers, and the query specification), and of the
 * blocks of the Terraform provider 0.46. An unknown field is an error: both refuse it or, worse, pass over it.
 */

const text = (length: number): object => ({ type: "string", minLength: 1, maxLength: length });
const strict = (properties: Readonly<Record<string, object>>, required: readonly string[]): object => ({
  type: "object",
  additionalProperties: false,
  properties,
  required,
});
const list = (items: object): object => ({ type: "array", maxItems: 100, items });

const OPERATIONS = ["COUNT", "SUM", "AVG", "COUNT_DISTINCT", "MAX", "MIN", "HEATMAP"].concat(
  ["001", "01", "05", "10", "25", "50", "75", "90", "95", "99", "999"].map((percentile) => `P${percentile}`),
);

/** COUNT is the only operation without a column. */
const byOperation = {
  if: { properties: { op: { const: "COUNT" } } },
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
  then: { not: { required: ["column"] } },
  else: { required: ["column"] },
};
const calculation = { ...strict({ op: { enum: OPERATIONS }, column: text(255) }, ["op"]), ...byOperation };
const order = {
  ...strict(
    {
      op: { enum: OPERATIONS.filter((op) => op !== "HEATMAP") },
      column: text(255),
      order: { enum: ["ascending", "descending"] },
    },
    ["op"],
  ),
  ...byOperation,
};
const filter = {
  ...strict(
    {
      column: text(255),
      op: { enum: ["=", "!=", ">", ">=", "<", "<=", "exists", "does-not-exist"] },
      value: { type: ["string", "number", "boolean"] },
    },
    ["column", "op"],
  ),
  if: { properties: { op: { enum: ["exists", "does-not-exist"] } } },
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
  then: { not: { required: ["value"] } },
  else: { required: ["value"] },
};

export const query: object = strict(
  {
    breakdowns: list(text(255)),
    calculations: list(calculation),
    filters: list(filter),
    filter_combination: { enum: ["AND", "OR"] },
    orders: list(order),
    limit: { type: "integer", minimum: 1, maximum: 1000 },
    granularity: { type: "integer", minimum: 1 },
    time_range: { type: "integer", minimum: 1 },
  },
  ["calculations", "time_range"],
);

export const annotation: object = strict({ name: text(320), description: text(1023), query_id: text(40) }, [
  "name",
  "query_id",
]);

const position = {
  x_coordinate: { type: "integer", minimum: 0, maximum: 11 },
  y_coordinate: { type: "integer", minimum: 0 },
  width: { type: "integer", minimum: 1, maximum: 12 },
  height: { type: "integer", minimum: 1 },
};
const queryPanel = {
  query_id: text(40),
  query_annotation_id: text(40),
  query_style: { enum: ["graph", "table", "combo"] },
};

export const board: object = strict(
  {
    name: text(255),
    description: text(1024),
    type: { const: "flexible" },
    panels: list(
      strict(
        {
          type: { const: "query" },
          position: strict(position, ["width", "height"]),
          query_panel: strict(queryPanel, ["query_id", "query_annotation_id"]),
        },
        ["type", "query_panel"],
      ),
    ),
  },
  ["name", "type", "panels"],
);

const threshold = { op: { enum: [">", ">=", "<", "<="] }, value: { type: "number" } };
const frequency = { type: "integer", minimum: 60, maximum: 86_400, multipleOf: 60 };

export const trigger: object = strict(
  {
    name: text(120),
    description: text(1023),
    // A trigger's query has exactly one calculation, and no order or limit.
    query: strict(
      {
        breakdowns: list(text(255)),
        calculations: { type: "array", minItems: 1, maxItems: 1, items: calculation },
        filters: list(filter),
        filter_combination: { enum: ["AND", "OR"] },
        time_range: { type: "integer", minimum: 1 },
      },
      ["calculations", "time_range"],
    ),
    threshold: strict(threshold, ["op", "value"]),
    frequency,
    recipients: list(strict({ id: text(40) }, ["id"])),
  },
  ["name", "query", "threshold", "frequency"],
);

/** A block of HCL as JSON: each nested block is a list, and an argument that refers to something is `${…}`. */
const blocks = (inner: object): object => ({ type: "array", minItems: 1, items: inner });
const one = (inner: object): object => ({ type: "array", minItems: 1, maxItems: 1, items: inner });
const reference = (pattern: string): object => ({ type: "string", pattern: `^\\$\\{${pattern}\\}$` });
const dataset = reference("var\\.dataset");
const id = reference("honeycombio_\\w+\\.\\w+\\.id");

/** By the type of a resource or data source. */
export const terraform: Readonly<Record<string, object>> = {
  honeycombio_query_specification: strict(
    {
      breakdowns: list(text(255)),
      time_range: { type: "integer", minimum: 1 },
      calculation: blocks(calculation),
      filter: blocks(filter),
      order: blocks(order),
    },
    ["calculation", "time_range"],
  ),
  honeycombio_query: strict(
    { dataset, query_json: reference("data\\.honeycombio_query_specification\\.\\w+\\.json") },
    ["query_json"],
  ),
  honeycombio_query_annotation: strict({ dataset, query_id: id, name: text(320), description: text(1023) }, [
    "dataset",
    "query_id",
    "name",
  ]),
  honeycombio_flexible_board: strict(
    {
      name: text(255),
      description: text(1024),
      panel: blocks(
        strict(
          {
            type: { const: "query" },
            position: one(strict(position, [])),
            query_panel: one(
              strict({ ...queryPanel, query_id: id, query_annotation_id: id }, ["query_id", "query_annotation_id"]),
            ),
          },
          ["type", "query_panel"],
        ),
      ),
    },
    ["name"],
  ),
  honeycombio_trigger: strict(
    {
      name: text(120),
      description: text(1023),
      dataset,
      query_id: id,
      frequency,
      threshold: one(strict(threshold, ["op", "value"])),
      dynamic: { type: "object", required: ["recipient"] },
    },
    ["name", "dataset", "query_id", "threshold"],
  ),
};
