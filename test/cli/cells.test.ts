import { describe, expect, test } from "vitest";
import { draw, hasUnicode } from "../../src/cli/cells.ts";
import { printable } from "../../src/printable.ts";

describe("text that somebody else chose controls nothing", () => {
  test.each([
    ["\u001B[2Jgone", "\\u{1b}[2Jgone"],
    ["\u009B31mred", "\\u{9b}31mred"],
    ["a\nb\r\tc", "a\\nb\\r\\tc"],
    ["bell\u0007", "bell\\u{7}"],
    ["\u202Etxt.exe", "\\u{202e}txt.exe"],
    ["\uD800", "\\u{d800}"],
    ["Grüße 👋", "Grüße 👋"],
  ])("%j", (text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(draw([{ text }], { width: 80, color: false })).toBe(shown);
  });
});

describe("a line", () => {
  test("is cut to its width, colours not counted", () => {
    const cells = [{ text: "abcdef", style: "red" as const }, { text: "ghijkl" }];
    expect(draw(cells, { width: 8, color: false })).toBe("abcdefg…");
    expect(draw(cells, { width: 8, color: true })).toBe("\u001B[31mabcdef\u001B[39mg…");
  });

  test("has no spaces at its end", () => {
    expect(draw([{ text: "a  " }, { text: "  " }], { width: 80, color: true })).toBe("a");
  });

  test("is ASCII where there is nothing else, in as many columns", () => {
    expect(draw([{ text: "✓ up █▌ – … ⋯ é" }], { width: 80, color: false, unicode: false })).toBe("+ up ## - ~ ~ ?");
  });
});

test.each([
  [{ LANG: "en_US.UTF-8" }, true],
  [{ LC_ALL: "C.utf8", LANG: "C" }, true],
  [{ LC_ALL: "", LANG: "de_DE.ISO-8859-1" }, false],
  [{ LC_ALL: "C", LANG: "en_US.UTF-8" }, false],
  [{}, true],
])("a locale of %j has Unicode: %s", (environment, expected) => {
  expect(hasUnicode(environment)).toBe(expected);
});
