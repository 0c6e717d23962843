/** The same as Terraform: https://registry.terraform.io/providers/honeycombio/honeycombio */
import { positionOf } from "./api.ts";
import type { Panel, Query, Trigger } from "./model.ts";

type Value = string | number | readonly string[];
/** Arguments and nested blocks, in order. */
type Body = readonly (readonly [string, Value] | Block)[];

interface Block {
  readonly head: string;
  readonly body: Body;
}

/** An expression, which is not quoted. */
const REFERENCE = /^(?:data|var|honeycombio_\w+)\./;

const PREAMBLE = `# Made by scripts/honeycomb.ts: change it there, and run it. README.md says how to use this.

terraform {
  required_providers {
    honeycombio = {
      source  = "honeycombio/honeycombio"
      version = "~> 0.46.0"
    }
  }
}

variable "dataset" {
  description = "The dataset of the service whose connections are looked at: its OTEL_SERVICE_NAME."
  type        = string
}

variable "recipients" {
  description = "Ids of those who are told by the triggers; nobody is told where there are none."
  type        = list(string)
  default     = []
}
`;

/** The content of main.tf, formatted as `terraform fmt` does. */
export function terraform(panels: readonly Panel[], triggers: readonly Trigger[], board: Body): string {
  const blocks: Block[] = [
    ...panels.flatMap(({ key, title, description, query }) => [
      ...queryBlocks(nameOf(key), query),
      {
        head: `resource "honeycombio_query_annotation" "${nameOf(key)}"`,
        body: [
          ["dataset", "var.dataset"],
          ["query_id", `honeycombio_query.${nameOf(key)}.id`],
          ["name", title],
          ["description", description],
        ] as const,
      },
    ]),
    {
      head: 'resource "honeycombio_flexible_board" "websocket"',
      body: [...board, ...panels.map(panel)],
    },
    ...triggers.flatMap(triggerBlocks),
  ];
  return [PREAMBLE, ...blocks.map((block) => `${render(block, "")}\n`)].join("\n");
}

function nameOf(key: string): string {
  return key.replaceAll("-", "_");
}

function queryBlocks(name: string, query: Query): Block[] {
  return [
    { head: `data "honeycombio_query_specification" "${name}"`, body: specification(query) },
    {
      head: `resource "honeycombio_query" "${name}"`,
      body: [
        ["dataset", "var.dataset"],
        ["query_json", `data.honeycombio_query_specification.${name}.json`],
      ],
    },
  ];
}

function specification({ calculations, filters, breakdowns, order, timeRange }: Query): Body {
  return [
    ...(breakdowns === undefined ? [] : [["breakdowns", breakdowns] as const]),
    ["time_range", timeRange],
    ...calculations.map((calculation) => ({ head: "calculation", body: entries(calculation) })),
    ...filters.map((filter) => ({ head: "filter", body: entries(filter) })),
    ...(order === undefined ? [] : [{ head: "order", body: entries({ ...order, order: "descending" }) }]),
  ];
}

function panel({ key, style }: Panel, index: number): Block {
  return {
    head: "panel",
    body: [
      ["type", "query"],
      { head: "position", body: entries(positionOf(index)) },
      {
        head: "query_panel",
        body: [
          ["query_id", `honeycombio_query.${nameOf(key)}.id`],
          ["query_annotation_id", `honeycombio_query_annotation.${nameOf(key)}.id`],
          ["query_style", style],
        ],
      },
    ],
  };
}

function triggerBlocks({ key, title, description, query, threshold, frequency }: Trigger): Block[] {
  const name = `trigger_${nameOf(key)}`;
  return [
    ...queryBlocks(name, query),
    {
      head: `resource "honeycombio_trigger" "${nameOf(key)}"`,
      body: [
        ["name", title],
        ["description", description],
        ["dataset", "var.dataset"],
        ["query_id", `honeycombio_query.${name}.id`],
        ["frequency", frequency],
        { head: "threshold", body: entries(threshold) },
        {
          head: 'dynamic "recipient"',
          body: [["for_each", "var.recipients"], { head: "content", body: [["id", "recipient.value"]] }],
        },
      ],
    },
  ];
}

function entries(values: object): Body {
  return Object.entries(values) as [string, Value][];
}

function render({ head, body }: Block, indent: string): string {
  const inner = `${indent}  `;
  const parts: string[] = [];
  let run: (readonly [string, Value])[] = [];
  // As terraform fmt: `=` stands in one column within lines that follow each other; blocks have a line between.
  const flush = (): void => {
    const width = Math.max(...run.map(([name]) => name.length));
    if (run.length > 0)
      parts.push(run.map(([name, value]) => `${inner}${name.padEnd(width)} = ${literal(value)}`).join("\n"));
    run = [];
  };
  for (const item of body) {
    if ("head" in item) {
      flush();
      parts.push(render(item, inner));
    } else run.push(item);
  }
  flush();
  return `${indent}${head} {\n${parts.join("\n\n")}\n${indent}}`;
}

function literal(value: Value): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return `[${value.map(literal).join(", ")}]`;
  // JSON's escapes are HCL's, but that a template begins with ${ or %{.
  if (REFERENCE.test(value) || value === "recipient.value") return value;
  return JSON.stringify(value).replaceAll(/([$%])\{/g, "$1$1{");
}
