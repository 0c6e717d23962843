import { hidden } from "../../cli/options.ts";
import type { OptionKind } from "../../cli/options.ts";
import { redactUrl } from "../../telemetry/redact.ts";
import type { Expectation } from "../types.ts";

/** A URL of a WebSocket endpoint. */
export const webSocketUrl: OptionKind<string> = {
  expected: "a URL such as wss://example.com/chat",
  read: (value) => (/^wss?:\/\/[^/]/i.test(value) && URL.canParse(value) ? value : undefined),
  show: (value) => `"${redactUrl(value)}"`,
  mend: (value) => {
    const meant = /^https?:\/\//i.test(value) ? value.replace(/^http/i, "ws") : `wss://${value}`;
    const near = !/^wss?:/i.test(value) && /^[\w.-]+(:\d+)?([/?]|$)/.test(meant.replace(/^wss?:\/\//, ""));
    return near && URL.canParse(meant) ? `did you mean ${redactUrl(meant)}?` : undefined;
  },
};

/** A header field, `Name: value`. */
export const headerField: OptionKind<readonly [name: string, value: string]> = {
  expected: "a name, a colon and a value, such as 'X-Team: chat'",
  read: (value) => {
    const [, name, content = ""] = /^([^\s:]+):[ \t]*(.*)$/s.exec(value) ?? [];
    return name === undefined ? undefined : [name, content];
  },
  show: hidden,
};

/** A name of a place, as the check takes it. */
export const shortName: OptionKind<string> = {
  expected: "a short name, such as eu-central-1",
  read: (value) => (value.trim() !== "" && value.length <= 128 ? value : undefined),
};

/** The name of an environment variable. */
export const variableName: OptionKind<string> = {
  expected: "the name of an environment variable, not the secret itself",
  read: (value) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? value : undefined),
  show: hidden,
};

/** An HTTP proxy, or `none`. */
export const proxyUrl: OptionKind<string | false> = {
  expected: "a URL such as http://proxy.example:3128, or none",
  read: (value) => {
    if (value === "none") return false;
    return /^https?:\/\/./i.test(value) && URL.canParse(value) ? value : undefined;
  },
  show: (value) => (value.includes("@") ? hidden() : `"${value}"`),
  mend: (value) => (/^[\w.-]+:\d+$/.test(value) ? `did you mean http://${value}?` : undefined),
};

/** JSON, as its value in a box: `null` is JSON too. */
export const jsonValue: OptionKind<{ readonly json: unknown }> = {
  expected: `JSON, such as '{"type":"hello"}'`,
  read: (value) => {
    try {
      return { json: JSON.parse(value) as unknown };
    } catch {
      return undefined;
    }
  },
};

/** A path in JSON, alone or with what is expected to be there. */
export const jsonExpectation: OptionKind<Extract<Expectation, { jsonPath: string }>> = {
  expected: `a path such as '$.type', or a path and JSON such as '$.type="hello"'`,
  read: (value) => {
    const [jsonPath, right] = splitEquation(value);
    if (jsonPath === "") return undefined;
    if (right === undefined) return { jsonPath };
    const equals = jsonValue.read(right);
    return equals === undefined ? undefined : { jsonPath, equals: equals.json };
  },
  mend: (value) => {
    const [path, right] = splitEquation(value);
    const text = right !== undefined && /^\w+$/.test(right) ? `'${path}="${right}"'` : undefined;
    return text === undefined ? "what follows the = must be JSON" : `for a text write ${text}`;
  },
};

/** Splits at the first `=` that stands outside of brackets: filters have `==` in them. */
function splitEquation(text: string): [left: string, right: string | undefined] {
  let depth = 0;
  let quote = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? "";
    if (quote !== "") {
      if (character === "\\") index += 1;
      else if (character === quote) quote = "";
    } else if (depth > 0 && (character === "'" || character === '"')) quote = character;
    else if (character === "[") depth += 1;
    else if (character === "]") depth -= 1;
    else if (character === "=" && depth === 0) return [text.slice(0, index).trim(), text.slice(index + 1).trim()];
  }
  return [text.trim(), undefined];
}
