import { diag } from "@opentelemetry/api";

/** The trimmed value of an environment variable; empty counts as unset. */
export function text(name: string): string | undefined {
  const value = process.env[name]?.trim();
  return value === "" ? undefined : value;
}

/** The entries of a comma-separated environment variable, each once. */
export function list(name: string): string[] {
  const entries = (process.env[name] ?? "").split(",").map((entry) => entry.trim());
  return [...new Set(entries.filter((entry) => entry !== ""))];
}

/** Whether an environment variable is `true`, in any case. */
export function flag(name: string): boolean {
  return text(name)?.toLowerCase() === "true";
}

/** A number greater than 0; anything else is reported and counts as unset. */
export function positive(name: string): number | undefined {
  const value = text(name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (number > 0 && Number.isFinite(number)) return number;
  diag.warn(`${name}: expected a number greater than 0, got "${value}"; the default is used`);
  return undefined;
}
