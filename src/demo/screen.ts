import { hasColor } from "../cli/cells.ts";

/** Where the demo shows what happens. */
export interface Screen {
  readonly color: boolean;
  readonly width: number;
  /** `undefined` where output is no terminal, and lines have no end. */
  readonly height: number | undefined;
  /** Shows the state: in place on a terminal, else the short form as one more line. */
  update(full: string, short: string): void;
  /** Prints a line that stays. */
  note: (line: string) => void;
  /** Shows the last state, which stays. */
  finish(full: string): void;
}

/** Milliseconds between two updates. */
export const updateIntervals = { terminal: 400, plain: 2000 } as const;

/** A screen on standard output, which redraws where that is a terminal. */
export function openScreen(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Screen {
  const color = hasColor(stdout);
  const plain: Screen = {
    color,
    width: 80,
    height: undefined,
    update: (_, short) => stderr.write(`${short}\n`),
    note: (line) => stderr.write(`${line}\n`),
    finish: (full) => stdout.write(`${full}\n`),
  };
  return stdout.isTTY ? terminal(stdout, color) : plain;
}

const hideCursor = "\u001B[?25l";
const showCursor = "\u001B[?25h";
const clearRest = "\u001B[J";

function terminal(stdout: NodeJS.WriteStream, color: boolean): Screen {
  let drawn = 0;
  const back = (): string => (drawn > 0 ? `\u001B[${drawn}F` : "");
  const draw = (full: string): string => {
    const lines = full.split("\n");
    const frame = lines.map((line) => `${line}\u001B[K\n`).join("");
    const moved = back();
    drawn = lines.length;
    return `${moved}${frame}${clearRest}`;
  };
  process.on("exit", () => stdout.write(showCursor));
  return {
    color,
    get width() {
      return stdout.columns;
    },
    // The cursor needs the line below.
    get height() {
      return stdout.rows - 1;
    },
    update: (full) => stdout.write(hideCursor + draw(full)),
    note: (line) => {
      stdout.write(`${back()}${clearRest}${line}\n`);
      drawn = 0;
    },
    finish: (full) => stdout.write(draw(full) + showCursor),
  };
}
