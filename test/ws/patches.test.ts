import { expect, test } from "vitest";
import { Patches } from "../../src/adapters/ws/patches.ts";
import type { Method } from "../../src/adapters/ws/patches.ts";

class Greeter {
  greet(name: string): string {
    return `hello ${name}`;
  }
}

function wrap(mark: string): (original: Method) => Method {
  return (original) =>
    function (this: unknown, ...args: unknown[]): string {
      return `${mark}(${String(original.apply(this, args))})`;
    };
}

test("a method is wrapped once for each purpose, and comes back whatever wrapped it last", () => {
  class Mine extends Greeter {}
  const before = Object.getOwnPropertyDescriptor(Greeter.prototype, "greet");
  const patches = new Patches();
  patches.method(Greeter.prototype, "greet", wrap("a"));
  patches.method(Greeter.prototype, "greet", wrap("again"));
  patches.method(Greeter.prototype, "greet", wrap("b"), "another purpose");
  patches.method(Mine.prototype, "greet", wrap("c"));
  expect([new Greeter().greet("you"), new Mine().greet("you")]).toEqual(["b(a(hello you))", "c(b(a(hello you)))"]);
  expect([Greeter.prototype.greet.name, Greeter.prototype.greet.length]).toEqual(["greet", 1]);
  patches.restore();
  expect(Object.getOwnPropertyDescriptor(Greeter.prototype, "greet")).toEqual(before);
  expect(Object.hasOwn(Mine.prototype, "greet")).toBe(false);
});

test("a method that somebody has wrapped since stays, and is not wrapped a second time", () => {
  class Mine extends Greeter {}
  const patches = new Patches();
  patches.method(Mine.prototype, "greet", wrap("a"));
  const ours = Reflect.get(Mine.prototype, "greet") as Method;
  Mine.prototype.greet = wrap("theirs")(ours) as Greeter["greet"];
  patches.restore();
  patches.method(Mine.prototype, "greet", wrap("a"));
  expect(new Mine().greet("you")).toBe("theirs(a(hello you))");
});
