import { formatDuration } from "../../cli/duration.ts";
import { describe } from "../../core/bounded.ts";
import type { OptionError } from "../../core/validate.ts";

/** What is wrong with an option of a target, in the words of who wrote it: no camelCase, no milliseconds. */
export interface OptionProblem {
  readonly expected: string;
  readonly given: string;
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
  const shown = isDuration && typeof given === "number" ? formatDuration(given) : describe(given);
  return { expected: own(expected), given: shown.replace(/^"(\(not shown\))"$/, "$1"), mend: own(mend) };
}
