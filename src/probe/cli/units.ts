/** `8.3 ms`, `84 ms`, `1.24 s`, `2m 05s`: seconds, with as many digits as are worth reading. */
export function time(seconds: number): string {
  const milliseconds = seconds * 1000;
  if (milliseconds < 9.95) return `${milliseconds.toFixed(milliseconds < 0.995 ? 2 : 1)} ms`;
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.95 ? 2 : 1)} s`;
  return elapsed(seconds);
}

/** `8.3 ms`, `1204.0 ms`: always in this unit and with one digit, for columns. */
export function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`;
}

/** `45s`, `2m 05s`, `3h 20m`, `14d 3h`: whole seconds, in two units. */
export function elapsed(seconds: number): string {
  const whole = Math.round(seconds);
  const pad = (value: number): string => String(value).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h ${pad(Math.floor((whole % 3600) / 60))}m`;
  return `${Math.floor(whole / 86_400)}d ${Math.floor((whole % 86_400) / 3600)}h`;
}

/** `1 day`, `61 days`. */
export function count(value: number, unit: string): string {
  return `${value} ${unit}${value === 1 ? "" : "s"}`;
}

/** `expires in 61 days`, `expired 3 hours ago`. */
export function expiry(seconds: number): string {
  const past = Math.abs(seconds);
  const hours = Math.floor(past / 3600);
  const rough =
    hours < 1
      ? count(Math.floor(past / 60), "minute")
      : hours < 48
        ? count(hours, "hour")
        : count(Math.floor(hours / 24), "day");
  return seconds < 0 ? `expired ${rough} ago` : `expires in ${rough}`;
}

/** A share as `99.95 %`; 100 only where it is, and 0 only where it is. */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  return `${Math.min(99.99, Math.max(0.01, share * 100)).toFixed(2)} %`;
}

/** Text in lines of at most `width` columns; words that are longer stay whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
