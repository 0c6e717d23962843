type Run = <R>(run: () => R) => R;

/** What of Node.js's `AsyncLocalStorage` is used; other runtimes may have it too. */
interface AsyncHooks {
  readonly AsyncLocalStorage?: { snapshot?(): Run };
}

const { process } = globalThis as { process?: { getBuiltinModule?(name: string): AsyncHooks | undefined } };

/**
 * Runs something outside of the asynchronous context that is active, where the runtime has such contexts: a timer that
 * is made within an upgrade would otherwise keep all that the application stored for that request.
 */
export const detached: Run =
  process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage?.snapshot?.() ?? ((run) => run());
