/** Replaces methods on prototypes and puts exactly the originals back. */
// oxlint-disable-next-line typescript/no-explicit-any -- a method of any signature
export type Method = (this: any, ...args: any[]) => any;

interface Applied {
  readonly target: object;
  readonly name: string;
  readonly purpose: string;
  readonly original: PropertyDescriptor | undefined;
  readonly wrapper: unknown;
}

export class Patches {
  #applied: Applied[] = [];
  #undo: (() => void)[] = [];

  /**
   * Replaces `target[name]`, where there is such a method, by what `wrap` makes of it. `purpose` tells apart what wraps
   * the same method: each does so once.
   */
  method(target: object, name: string, wrap: (original: Method) => Method, purpose = ""): void {
    if (this.#has(target, name, purpose)) return;
    const original = Object.getOwnPropertyDescriptor(target, name);
    const method = (original === undefined ? (target as Record<string, unknown>)[name] : original.value) as Method;
    if (typeof method !== "function") return;
    const wrapper = wrap(method);
    Object.defineProperty(wrapper, "name", { value: method.name, configurable: true });
    Object.defineProperty(wrapper, "length", { value: method.length, configurable: true });
    Object.defineProperty(target, name, { configurable: true, writable: true, ...original, value: wrapper });
    this.#applied.push({ target, name, purpose, original, wrapper });
  }

  /** Adds an accessor where the prototype has no such property. */
  accessor(target: object, name: string, set: (this: never, value: never) => void): void {
    if (this.#has(target, name, "") || name in target) return;
    const get = (): undefined => undefined;
    Object.defineProperty(target, name, { get, set, configurable: true, enumerable: false });
    this.#applied.push({ target, name, purpose: "", original: undefined, wrapper: set });
  }

  /** Does something else that ends with the patches. */
  effect(start: () => void, undo: () => void): void {
    start();
    this.#undo.push(undo);
  }

  /**
   * Restores the originals. A method that somebody else has wrapped since stays, because taking ours out from
   * under theirs would undo their work too; it stays recorded, so that it is not wrapped a second time.
   */
  restore(): void {
    for (const undo of this.#undo.splice(0)) undo();
    const newestFirst = this.#applied.toReversed().filter(({ target, name, original, wrapper }) => {
      const current = Object.getOwnPropertyDescriptor(target, name);
      if (current?.value !== wrapper && current?.set !== wrapper) return true;
      if (original === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, original);
      return false;
    });
    this.#applied = newestFirst.toReversed();
  }

  #has(target: object, name: string, purpose: string): boolean {
    return this.#applied.some((patch) => patch.target === target && patch.name === name && patch.purpose === purpose);
  }
}
