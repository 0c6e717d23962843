/** The board and the triggers. Names of attributes are the registry's; `duration_ms` is Honeycomb's own of a span. */
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_WEBSOCKET_CLOSE_CLASS,
  ATTR_WEBSOCKET_CLOSE_CODE,
  ATTR_WEBSOCKET_CLOSE_INITIATOR,
  ATTR_WEBSOCKET_CONNECTION_AGE,
  ATTR_WEBSOCKET_CONNECTION_BYTES_RECEIVED,
  ATTR_WEBSOCKET_CONNECTION_BYTES_SENT,
  ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_MISSED,
  ATTR_WEBSOCKET_CONNECTION_ID,
  ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT,
  ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED,
  ATTR_WEBSOCKET_CONNECTION_MESSAGES_SENT,
  ATTR_WEBSOCKET_CONNECTION_ROLE,
  ATTR_WEBSOCKET_CONNECTION_SEGMENT,
  WEBSOCKET_CLOSE_CLASS_VALUE_ABNORMAL,
} from "../../src/semconv.ts";
import type { Calculation, Filter, Panel, Trigger } from "./model.ts";

const DURATION = "duration_ms";
const DAY = 86_400;
const MEBIBYTE = 1_048_576;
const QUARTER = 900;

/** Segments that last an hour, of a connection that is a day old. */
const SEGMENTS_OF_A_DAY = 24;

const COUNT: Calculation = { op: "COUNT" };
const connection: Filter = { column: ATTR_WEBSOCKET_CONNECTION_ID, op: "exists" };
/** Events of a connection stand in the same dataset and say which end emitted them; its spans do not. */
const span: Filter = { column: ATTR_WEBSOCKET_CONNECTION_ROLE, op: "does-not-exist" };
const event: Filter = { column: ATTR_WEBSOCKET_CONNECTION_ROLE, op: "exists" };
const ended: Filter = { column: ATTR_WEBSOCKET_CLOSE_CLASS, op: "exists" };
/** Of several segments the last one alone has a close. */
const closed: readonly Filter[] = [ended, span];
const abnormal: readonly Filter[] = [
  { column: ATTR_WEBSOCKET_CLOSE_CLASS, op: "=", value: WEBSOCKET_CLOSE_CLASS_VALUE_ABNORMAL },
  span,
];
/** A span that has ended with an error and without a close is that of a handshake. */
const failedHandshake: readonly Filter[] = [
  connection,
  span,
  { column: ATTR_WEBSOCKET_CLOSE_CLASS, op: "does-not-exist" },
  { column: ATTR_ERROR_TYPE, op: "exists" },
];
const slow: Filter = { column: ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT, op: ">=", value: MEBIBYTE };
const measured: Filter = { column: ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP, op: "exists" };

/** In the order in which they stand on the board. */
export const panels: readonly Panel[] = [
  {
    key: "closes",
    title: "Closes by class",
    description: "Connections that have ended, by what the close code means.",
    style: "graph",
    query: { calculations: [COUNT], filters: closed, breakdowns: [ATTR_WEBSOCKET_CLOSE_CLASS], timeRange: DAY },
  },
  {
    key: "abnormal-closes",
    title: "Abnormal closes",
    description: "Connections that broke off without a close frame (1006), by route and by who was first.",
    style: "combo",
    query: {
      calculations: [COUNT],
      filters: abnormal,
      breakdowns: [ATTR_HTTP_ROUTE, ATTR_WEBSOCKET_CLOSE_INITIATOR],
      order: COUNT,
      timeRange: DAY,
    },
  },
  {
    key: "close-codes",
    title: "Close codes",
    description: "Every exact code, also those that metrics call _OTHER.",
    style: "table",
    query: {
      calculations: [COUNT, { op: "P50", column: DURATION }],
      filters: closed,
      breakdowns: [ATTR_WEBSOCKET_CLOSE_CODE, ATTR_WEBSOCKET_CLOSE_CLASS, ATTR_WEBSOCKET_CLOSE_INITIATOR],
      order: COUNT,
      timeRange: DAY,
    },
  },
  {
    key: "handshake-failures",
    title: "Handshakes that failed",
    description: "Refused with a status, or broken off.",
    style: "combo",
    query: {
      calculations: [COUNT],
      filters: failedHandshake,
      breakdowns: [ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_ERROR_TYPE],
      order: COUNT,
      timeRange: DAY,
    },
  },
  {
    key: "slow-consumers",
    title: "Bytes that waited",
    description: "The most that waited to be sent on a connection. From one mebibyte on its peer reads too slowly.",
    style: "graph",
    query: {
      calculations: [
        { op: "HEATMAP", column: ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT },
        { op: "MAX", column: ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT },
      ],
      filters: [{ column: ATTR_WEBSOCKET_CONNECTION_MAX_BUFFERED_AMOUNT, op: "exists" }],
      timeRange: DAY,
    },
  },
  {
    key: "round-trips",
    title: "Round trips",
    description: "Mean round trip of a connection's heartbeats, in seconds.",
    style: "graph",
    query: {
      calculations: [
        { op: "HEATMAP", column: ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP },
        { op: "P95", column: ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP },
      ],
      filters: [measured],
      timeRange: DAY,
    },
  },
  {
    key: "heartbeats-missed",
    title: "Heartbeats that were missed",
    description: "By route, over all connections that have ended.",
    style: "graph",
    query: {
      calculations: [{ op: "SUM", column: ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_MISSED }],
      filters: [{ column: ATTR_WEBSOCKET_CONNECTION_HEARTBEATS_MISSED, op: ">", value: 0 }, span],
      breakdowns: [ATTR_HTTP_ROUTE],
      timeRange: DAY,
    },
  },
  {
    key: "lifetimes",
    title: "How long connections live",
    description: "In seconds, when they have ended: from the event, since a span is no longer than its segment.",
    style: "graph",
    query: {
      calculations: [
        { op: "HEATMAP", column: ATTR_WEBSOCKET_CONNECTION_AGE },
        { op: "P50", column: ATTR_WEBSOCKET_CONNECTION_AGE },
        { op: "MAX", column: ATTR_WEBSOCKET_CONNECTION_AGE },
      ],
      filters: [ended, event],
      timeRange: DAY,
    },
  },
  {
    key: "traffic",
    title: "Traffic by route",
    description: "Messages and payload bytes of the connections that have ended.",
    style: "table",
    query: {
      calculations: [
        { op: "SUM", column: ATTR_WEBSOCKET_CONNECTION_MESSAGES_RECEIVED },
        { op: "SUM", column: ATTR_WEBSOCKET_CONNECTION_MESSAGES_SENT },
        { op: "SUM", column: ATTR_WEBSOCKET_CONNECTION_BYTES_RECEIVED },
        { op: "SUM", column: ATTR_WEBSOCKET_CONNECTION_BYTES_SENT },
      ],
      filters: closed,
      breakdowns: [ATTR_HTTP_ROUTE],
      order: { op: "SUM", column: ATTR_WEBSOCKET_CONNECTION_BYTES_SENT },
      timeRange: DAY,
    },
  },
];

export const triggers: readonly Trigger[] = [
  {
    key: "abnormal-closes",
    title: "WebSocket: connections break off",
    description: "More than 20 connections of a route ended without a close frame within 15 minutes.",
    query: { calculations: [COUNT], filters: abnormal, breakdowns: [ATTR_HTTP_ROUTE], timeRange: QUARTER },
    threshold: { op: ">", value: 20 },
    frequency: 300,
  },
  {
    key: "handshake-failures",
    title: "WebSocket: handshakes fail",
    description: "More than 20 handshakes failed for the same reason within 15 minutes.",
    query: { calculations: [COUNT], filters: failedHandshake, breakdowns: [ATTR_ERROR_TYPE], timeRange: QUARTER },
    threshold: { op: ">", value: 20 },
    frequency: 300,
  },
  {
    key: "slow-consumers",
    title: "WebSocket: slow consumers",
    description: "On more than 5 connections that ended within 15 minutes a mebibyte or more had waited to be sent.",
    query: { calculations: [COUNT], filters: [slow], timeRange: QUARTER },
    threshold: { op: ">", value: 5 },
    frequency: 300,
  },
  {
    key: "round-trips",
    title: "WebSocket: round trips are long",
    description: "Of 5 % of the connections that ended within 15 minutes the mean round trip was over half a second.",
    query: {
      calculations: [{ op: "P95", column: ATTR_WEBSOCKET_CONNECTION_MEAN_ROUND_TRIP }],
      filters: [measured],
      timeRange: QUARTER,
    },
    threshold: { op: ">", value: 0.5 },
    frequency: 300,
  },
  {
    key: "long-lived",
    title: "WebSocket: a connection lives for more than a day",
    description: "It has had a segment for each hour: look whether more are leaking, in connection.age.max.",
    query: {
      calculations: [COUNT],
      filters: [{ column: ATTR_WEBSOCKET_CONNECTION_SEGMENT, op: ">=", value: SEGMENTS_OF_A_DAY }],
      timeRange: 3600,
    },
    threshold: { op: ">", value: 0 },
    frequency: 3600,
  },
];
