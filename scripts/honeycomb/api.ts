/** The bodies of requests to version 1 of Honeycomb's API, as files under examples/honeycomb/api. */
import type { Panel, Query, Trigger } from "./model.ts";

/** Files by their path. */
export type Files = Readonly<Record<string, string>>;

/** Columns of the board's grid: https://docs.honeycomb.io/api/boards */
const COLUMNS = 12;
const WIDTH = 6;
const HEIGHT = 4;

export interface Position {
  readonly x_coordinate: number;
  readonly y_coordinate: number;
  readonly width: number;
  readonly height: number;
}

/** Two panels side by side. */
export function positionOf(index: number): Position {
  const perRow = COLUMNS / WIDTH;
  return {
    x_coordinate: (index % perRow) * WIDTH,
    y_coordinate: Math.floor(index / perRow) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
  };
}

/** Where a body needs the id of what an earlier request made, it has that file's path, in braces. */
export function apiFiles(panels: readonly Panel[], triggers: readonly Trigger[], board: object): Files {
  const files = [
    ...panels.map(({ key, query }) => [`queries/${key}.json`, specification(query)] as const),
    ...panels.map(
      ({ key, title, description }) =>
        [`annotations/${key}.json`, { name: title, description, query_id: `{queries/${key}}` }] as const,
    ),
    ["board.json", { ...board, type: "flexible", panels: panels.map(panel) }] as const,
    ...triggers.map((trigger) => [`triggers/${trigger.key}.json`, triggerBody(trigger)] as const),
  ];
  return Object.fromEntries(files.map(([name, body]) => [`api/${name}`, `${JSON.stringify(body, undefined, 2)}\n`]));
}

function panel({ key, style }: Panel, index: number): object {
  return {
    type: "query",
    position: positionOf(index),
    query_panel: {
      query_id: `{queries/${key}}`,
      query_annotation_id: `{annotations/${key}}`,
      query_style: style,
    },
  };
}

function triggerBody({ title, description, query, threshold, frequency }: Trigger): object {
  return { name: title, description, query: specification(query), threshold, frequency, recipients: [] };
}

/** https://docs.honeycomb.io/api/query-specification */
function specification({ calculations, filters, breakdowns, order, timeRange }: Query): object {
  return {
    ...(breakdowns === undefined ? {} : { breakdowns }),
    calculations,
    filters,
    filter_combination: "AND",
    ...(order === undefined ? {} : { orders: [{ ...order, order: "descending" }] }),
    time_range: timeRange,
  };
}
