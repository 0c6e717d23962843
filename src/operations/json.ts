/**
 * The text that a member of a JSON object has, in one pass over a text that may be cut off anywhere. `undefined` where the
 * text is no object, or has no such member with a text up to where it ends.
 */
export function textMember(json: string, name: string): string | undefined {
  let depth = 0;
  let key: string | undefined;
  let value = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at]!;
    if (character === '"') {
      const end = endOfText(json, at);
      if (end === undefined) return undefined;
      if (depth === 1 && !value) key = json.slice(at + 1, end);
      else if (depth === 1 && key === name) return unescaped(json.slice(at, end + 1));
      at = end;
    } else if (character === "{" || character === "[") {
      if (depth === 0 && character === "[") return undefined;
      depth += 1;
    } else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth <= 0) return undefined;
    } else if (depth === 0) {
      if (!/\s/.test(character)) return undefined;
    } else if (depth === 1) {
      if (character === ":") value = true;
      else if (character === ",") value = false;
    }
  }
  return undefined;
}

/** Where the text ends whose opening quote is at `start`. */
function endOfText(json: string, start: number): number | undefined {
  for (let at = start + 1; at < json.length; at += 1) {
    if (json[at] === "\\") at += 1;
    else if (json[at] === '"') return at;
  }
  return undefined;
}

function unescaped(quoted: string): string | undefined {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}
