import { formatDuration } from "../../cli/duration.ts";
import { describe } from "../../core/bounded.ts";
import type { OptionError } from "../../core/validate.ts";

/** What is wrong with an option of a target, in the words of who wrote it: no camelCase, no milliseconds. */
export interface OptionProblem {
  readonly expected: string;
  /** What is there, where that can be told in a few words. */
  readonly given: string | undefined;
  readonly mend: string;
}

const durations = /(?:^|\.)(?:timeout|within|wait|duration|pingInterval|maxRoundTrip|minCertificateLife)$/;

/** Words an error of a target anew; `rename` says how a part of a target, such as `certFile`, is called. */
export function reworded(
  { option, expected, given, mend }: OptionError,
  rename: (word: string) => string,
): OptionProblem {
  const isDuration = durations.test(option.replace(/^steps\[\d+\]\./, ""));
  const number = (text: string): string =>
    text.replace(/\b(\d+)(?: ms)?\b/g, (_, digits) => formatDuration(Number(digits)));
  const words = (text: string): string => text.replace(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, rename);
  const own = isDuration
    ? (text: string) => number(text).replace(/\b(?:a number of )?milliseconds\b/, "a duration")
    : words;
  return { expected: own(expected), given: shown(given, isDuration), mend: own(mend) };
}

function shown(given: unknown, isDuration: boolean): string | undefined {
  if (isDuration && typeof given === "number") return formatDuration(given);
  if (given === undefined || given === null) return "nothing";
  return typeof given === "object" ? undefined : describe(given).replace(/^"(\(not shown\))"$/, "$1");
}

/** The problem as half a sentence, after what it is about. */
export function toldAs({ expected, given, mend }: OptionProblem): string {
  return `${expected}${given === undefined ? "" : `, got ${given}`}; ${mend}`;
}
