/**
 * What the message path writes: one flat array of counters per attribute set, shared by all connections with
 * that set. Per message there is no Map lookup, no closure, no allocation, no clock and no attribute object.
 */

/** Index of a message's type within a group of counters. */
export const TEXT = 0;
export const BINARY = 1;
export type MessageKind = typeof TEXT | typeof BINARY;

/** Upper bounds, in bytes, of the message size buckets: powers of four, so that the index is a few bit operations. */
export const SIZE_BOUNDARIES: readonly number[] = [
  16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

const BUCKETS = SIZE_BOUNDARIES.length + 1;

/** Offsets of the counters of one direction. */
const BYTES = 0;
const WIRE = 2;
/** One group of buckets for each message type; what is in them is the number of messages. */
const SIZES = 3;
const DIRECTION_CELLS = SIZES + 2 * BUCKETS;

/** Offset of each direction's counters in the array. */
export const RECEIVED = 0;
export const SENT: number = DIRECTION_CELLS;
export type Direction = number;

/** A new array of counters, all zero. */
export function createCells(): Float64Array {
  return new Float64Array(2 * DIRECTION_CELLS);
}

/** Index of the bucket for a payload of `length` bytes; the upper bounds are inclusive. */
export function sizeBucket(length: number): number {
  if (length > 67_108_864) return BUCKETS - 1;
  return length <= 16 ? 0 : ((33 - Math.clz32(length - 1)) >> 1) - 2;
}

/** Counts one complete message: `length` is its payload in bytes, decompressed. */
export function countMessage(cells: Float64Array, direction: Direction, kind: MessageKind, length: number): void {
  cells[direction + BYTES + kind]! += length;
  cells[direction + SIZES + kind * BUCKETS + sizeBucket(length)]! += 1;
}

/** Takes back a message that turned out not to be one (text that is not UTF-8). */
export function uncountMessage(cells: Float64Array, direction: Direction, kind: MessageKind, length: number): void {
  cells[direction + BYTES + kind]! -= length;
  cells[direction + SIZES + kind * BUCKETS + sizeBucket(length)]! -= 1;
}

/** Adds bytes that the transport carried: frame headers, control frames and payload as compressed. */
export function addWireBytes(cells: Float64Array, direction: Direction, bytes: number): void {
  cells[direction + WIRE]! += bytes;
}

/** Complete messages of one direction and type. */
export function messages(cells: Float64Array, direction: Direction, kind: MessageKind): number {
  const first = direction + SIZES + kind * BUCKETS;
  let count = 0;
  for (let index = first; index < first + BUCKETS; index += 1) count += cells[index]!;
  return count;
}

/** Payload bytes of one direction and type. */
export function payloadBytes(cells: Float64Array, direction: Direction, kind: MessageKind): number {
  return cells[direction + BYTES + kind]!;
}

/** Transport bytes of one direction. */
export function wireBytes(cells: Float64Array, direction: Direction): number {
  return cells[direction + WIRE]!;
}

/** Messages by size bucket of one direction, a copy. */
export function sizeCounts(cells: Float64Array, direction: Direction): number[] {
  const first = direction + SIZES;
  return Array.from({ length: BUCKETS }, (_, index) => cells[first + index]! + cells[first + BUCKETS + index]!);
}
