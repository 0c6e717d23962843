import type { ProbeResult } from "../types.ts";

/** A result as a line of JSON. What a terminal would obey is escaped: the peer chose some of the text. */
export function jsonLine(result: ProbeResult): string {
  return JSON.stringify(result).replace(
    /[\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
