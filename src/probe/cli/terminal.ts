import { draw, hasColor, hasUnicode } from "../../cli/cells.ts";
import type { Cell, Look } from "../../cli/cells.ts";

/** Where the command shows what it finds: results on stdout, everything else on stderr. */
export interface Terminal {
  /** Of stdout. */
  readonly look: Look;
  /** Whether somebody looks at stderr while it runs. */
  readonly isWatched: boolean;
  /** Prints on stdout. */
  print(text: string): void;
  /** Prints a line on stderr. */
  note(cells: readonly Cell[]): void;
  /** Shows a line on stderr until something else is shown; nothing where that is no terminal. */
  status(text: string): void;
}

const clearLine = "\r\u001B[K";

/** The terminal, or the pipes, of this process. */
export function openTerminal({ stdout, stderr, env }: NodeJS.Process = process): Terminal {
  const unicode = hasUnicode(env);
  const errLook = { color: hasColor(stderr), unicode };
  const isWatched = stderr.isTTY;
  let isStatusShown = false;
  const clear = (): void => {
    if (isStatusShown) stderr.write(clearLine);
    isStatusShown = false;
  };
  return {
    get look() {
      return { width: (stdout.isTTY && stdout.columns) || 80, color: hasColor(stdout), unicode };
    },
    isWatched,
    print(text) {
      clear();
      stdout.write(`${text}\n`);
    },
    note(cells) {
      clear();
      stderr.write(`${draw(cells, { ...errLook, width: Infinity })}\n`);
    },
    status(text) {
      if (!isWatched) return;
      if (text === "") return clear();
      const line = draw([{ text, style: "dim" }], { ...errLook, width: (stderr.columns || 80) - 1 });
      stderr.write(`${clearLine}${line}`);
      isStatusShown = true;
    },
  };
}
