import { describe } from "./bounded.ts";

/** An option that is wrong: a TypeError whose parts can be told in other words. */
export class OptionError extends TypeError {
  readonly option: string;
  readonly expected: string;
  readonly given: unknown;
  readonly mend: string;

  constructor(option: string, expected: string, given: unknown, mend: string) {
    super(`opentelemetry-websocket: option "${option}": expected ${expected}, got ${describe(given)}; ${mend}`);
    this.option = option;
    this.expected = expected;
    this.given = given;
    this.mend = mend;
  }
}

/** The error for an option that is wrong. */
export function invalid(option: string, expected: string, given: unknown, mend: string): TypeError {
  return new OptionError(option, expected, given, mend);
}

/** A function, or nothing. */
export function optionalFunction<F>(option: string, value: F | undefined, given: string = "request"): F | undefined {
  if (value !== undefined && typeof value !== "function") {
    throw invalid(option, "a function", value, `pass (${given}) => … or leave it out`);
  }
  return value;
}

/** A whole number within bounds, or the default. `others` names what else may be given. */
export function integer(
  option: string,
  value: unknown,
  least: number,
  most: number,
  fallback: number,
  others: string = "",
): number {
  if (value === undefined) return fallback;
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw invalid(option, `${others}a whole number from ${least} to ${most}`, value, `leave it out for ${fallback}`);
  }
  return value as number;
}

/** A number greater than 0, or the default. */
export function positive(option: string, value: unknown, unit: string, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
    throw invalid(option, `a number of ${unit} greater than 0`, value, `leave it out for ${String(fallback)}`);
  }
  return value;
}

/** A boolean, or the default. */
export function flag(option: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") throw invalid(option, "true or false", value, `leave it out for ${String(fallback)}`);
  return value;
}

/** A provider of OpenTelemetry, or nothing: an object with `method`. */
export function optionalProvider<P extends object>(
  option: string,
  value: P | undefined,
  method: string,
): P | undefined {
  if (value !== undefined && typeof (value as Record<string, unknown> | null)?.[method] !== "function") {
    throw invalid(option, `an object with ${method}()`, value, "leave it out for the globally registered one");
  }
  return value;
}

/** An object with no keys but the known ones; `undefined` where there is none. */
export function group<T extends object>(
  option: string,
  value: T | undefined,
  keys: readonly (keyof T & string)[],
  mend: string,
): T | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(option, "an object", value, mend);
  }
  for (const key of Object.keys(value)) {
    if (!(keys as readonly string[]).includes(key)) {
      const entry = (value as Record<string, unknown>)[key];
      throw invalid(`${option}.${key}`, "no such option", entry, `known ones are ${keys.join(", ")}`);
    }
  }
  return value;
}
