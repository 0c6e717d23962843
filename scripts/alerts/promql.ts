/** A metric in a query, with its label matchers. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly value: string }[];
}

/** What a query names. */
export interface Names {
  readonly selectors: readonly Selector[];
  /** Labels in `by (…)`, `on (…)` and the like. */
  readonly grouping: readonly string[];
}

const GROUPING = /\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const SELECTOR = /(?<![\w:."])([a-zA-Z_:][\w:]*)(?![\w:]|\s*\()(\s*\{[^}]*\})?/g;
const MATCHER = /(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g;
const KEYWORDS = new Set(["and", "or", "unless", "bool", "inf", "nan"]);

/** The metrics and labels of a query that is known to be valid, such as by `promtool check rules`. */
export function namesIn(query: string): Names {
  const grouping: string[] = [];
  const rest = query
    .replaceAll(/#.*$/gm, "")
    .replaceAll(GROUPING, (_, labels: string) => {
      grouping.push(...labels.split(",").flatMap((label) => label.trim() || []));
      return " ";
    })
    // Ranges and offsets have letters too.
    .replaceAll(/\[[^\]]*\]|\boffset\s+\w+/g, " ");
  const selectors = [...rest.matchAll(SELECTOR)].flatMap(([, metric = "", braces = ""]) => {
    if (KEYWORDS.has(metric.toLowerCase())) return [];
    return [
      { metric, matchers: [...braces.matchAll(MATCHER)].map(([, label = "", value = ""]) => ({ label, value })) },
    ];
  });
  return { selectors, grouping };
}
