/** What a terminal or a log may take for more than a character: controls, direction marks, unassigned ones. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * The text with what a terminal would obey, or would not show, as escapes such as `\n` and `\u{1b}`: a peer must not
 * write escape sequences into somebody's terminal.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => NAMED[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
