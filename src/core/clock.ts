/** Monotonic time in seconds. */
export function nowSeconds(): number {
  return performance.now() / 1000;
}
