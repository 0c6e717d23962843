// What a query is made of, by Prometheus' own grammar.
import { parser } from "@prometheus-io/lezer-promql";

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** A series that a query reads. */
export interface Selector {
  readonly name: string;
  /** As written, such as `job=~"$job"`. */
  readonly matchers: readonly string[];
  /** The function around it, such as `rate`, and the range in brackets; undefined where there is none. */
  readonly within: string | undefined;
  readonly range: string | undefined;
}

/** A query taken apart. */
export interface Parsed {
  readonly selectors: readonly Selector[];
  /** Labels in `by (…)`. */
  readonly grouping: readonly string[];
}

/** Takes a query apart. @throws SyntaxError where it is none */
export function parse(expr: string): Parsed {
  // A variable of Grafana's is no duration until it is filled in.
  const text = expr.replaceAll("$__rate_interval", "17m");
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  const of = (node: SyntaxNode): string => text.slice(node.from, node.to);
  parser.parse(text).iterate({
    enter: ({ node, type }) => {
      if (type.isError) throw new SyntaxError(`at ${node.from} of ${expr}`);
      if (type.name === "GroupingLabels")
        grouping.push(
          ...of(node)
            .replaceAll(/[()\s]/g, "")
            .split(","),
        );
      if (type.name !== "VectorSelector") return;
      const name = node.getChild("Identifier");
      const matchers = node.getChild("LabelMatchers");
      const range = node.parent?.name === "MatrixSelector" ? node.parent : undefined;
      selectors.push({
        name: name === null ? "" : of(name),
        matchers: matchers === null ? [] : matchers.getChildren("UnquotedLabelMatcher").map(of),
        range: range && of(range).slice(of(node).length).replace("17m", "$__rate_interval"),
        within: functionAround(node, of),
      });
    },
  });
  return { selectors, grouping };
}

function functionAround(node: SyntaxNode, of: (node: SyntaxNode) => string): string | undefined {
  for (let up = node.parent; up !== null; up = up.parent) {
    if (up.name === "FunctionCall") return up.firstChild === null ? undefined : of(up.firstChild);
    if (up.name === "AggregateExpr") return undefined;
  }
  return undefined;
}
