import type { Option } from "./read.ts";

export const BEGIN = "<!-- options:begin -->";
export const END = "<!-- options:end -->";

/** The page with its table made anew. */
export function withTable(page: string, options: readonly Option[]): string {
  const [before, rest = ""] = page.split(BEGIN);
  const after = rest.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n\n${table(options)}\n\n${END}${after}`;
}

function table(options: readonly Option[]): string {
  const rows = options.map(({ path, variable, group, description, default: value = "" }) => {
    const how = variable === undefined ? (group ? "" : "in a file only") : `\`${variable}\``;
    return [`\`${path}\``, how, description, value];
  });
  const head = ["Option", "Variable for `register`", "Meaning", "Default"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
