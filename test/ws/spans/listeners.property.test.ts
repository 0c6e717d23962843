import { once } from "node:events";
import type { EventEmitter } from "node:events";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { WebSocketInstrumentation } from "../../../src/index.ts";
import { startSdk } from "../../support/sdk.ts";
import { WS_VERSIONS, connect, copyWs, listen, shut } from "../../support/ws.ts";
import type { WsCopy, WsVersion } from "../../support/ws.ts";
import { useContexts } from "./kit.ts";

/** A listener that an application may add, and what it does when it runs. */
const listener = fc.record({
  add: fc.constantFrom(
    "on",
    "once",
    "prependListener",
    "prependOnceListener",
    "onmessage",
    "addEventListener",
    "dom once",
    "object",
  ),
  does: fc.constantFrom("nothing", "throws", "removes all", "removes itself", "adds one", "emits", "returns", "async"),
});

type Action = typeof listener extends fc.Arbitrary<infer T> ? T : never;

/** One end of a connection on which messages are emitted by hand, so that what is thrown can be seen. */
interface End {
  peer: WebSocket;
  readonly stop: () => Promise<void>;
}

useContexts();

describe.each(Object.keys(WS_VERSIONS) as WsVersion[])("listeners on ws %s", (version) => {
  let copies: WsCopy[];
  let ends: End[];

  async function open(copy: WsCopy): Promise<End> {
    const ws = copy.load();
    const { server, url } = await listen(ws);
    const { client, peer } = await connect(ws, server, url);
    return {
      peer,
      stop: async () => {
        const gone = once(client, "close");
        await shut(server);
        await gone;
      },
    };
  }

  beforeAll(async () => {
    copies = [copyWs(version), copyWs(version)];
    const plain = await open(copies[0]!);
    const instrumentation = new WebSocketInstrumentation({ messageSpans: {}, enabled: false });
    const sdk = startSdk();
    instrumentation.setTracerProvider(sdk.tracerProvider);
    instrumentation.enable();
    const observed = await open(copies[1]!);
    ends = [plain, { ...observed, stop: () => observed.stop().then(() => instrumentation.disable()) }];
    for (const { peer } of ends) peer.setMaxListeners(0);
  });

  afterAll(async () => {
    for (const { stop } of ends) await stop();
    for (const copy of copies) copy.remove();
  });

  test("are called by us where the socket is observed", () => {
    const prototypes = ends.map(({ peer }) => Object.getPrototypeOf(peer) as object);
    expect(prototypes.map((prototype) => Object.hasOwn(prototype, "emit"))).toEqual([false, true]);
  });

  test("run in the same order, with the same arguments, and throw the same, however they are added", () => {
    fc.assert(
      fc.property(fc.array(listener, { maxLength: 6 }), fc.boolean(), (actions, binary) => {
        const [expected, seen] = ends.map(({ peer }) => play(peer, actions, binary));
        expect(seen).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });
});

/** Adds the listeners, emits two messages, and takes down everything that can be noticed. */
function play(peer: WebSocket, actions: readonly Action[], binary: boolean): unknown[] {
  const log: unknown[] = [];
  let depth = 0;
  const emit = (): void => {
    depth += 1;
    try {
      const data = version7(peer) && !binary ? "data" : Buffer.from("data");
      log.push(["emitted", peer.emit("message", ...(version7(peer) ? [data] : [data, binary]))]);
    } catch (error) {
      log.push(["threw", (error as Error).message]);
    }
    depth -= 1;
  };
  actions.forEach(({ add, does }, index) => {
    const act = function act(this: unknown, ...args: unknown[]): unknown {
      log.push([index, this === peer, args.map(shape)]);
      if (does === "throws") throw new Error(`broken ${String(index)}`);
      if (does === "removes all") peer.removeAllListeners("message");
      if (does === "removes itself") peer.off("message", act);
      if (does === "adds one") peer.on("message", () => void log.push("added"));
      if (does === "emits" && depth < 3) emit();
      return does === "returns" ? Promise.resolve(index) : index;
    };
    const handler = does === "async" ? async (...args: unknown[]) => void log.push([index, args.map(shape)]) : act;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the property is what is tested
    if (add === "onmessage") peer.onmessage = handler;
    else if (add === "addEventListener") peer.addEventListener("message", handler);
    else if (add === "dom once") peer.addEventListener("message", handler, { once: true });
    else if (add === "object") peer.addEventListener("message", { handleEvent: handler });
    else (peer as EventEmitter)[add]("message", handler);
    log.push([peer.listenerCount("message"), peer.onmessage === handler]);
  });
  emit();
  log.push(peer.listenerCount("message"), peer.eventNames());
  emit();
  peer.removeAllListeners("message");
  return log;
}

function version7(peer: WebSocket): boolean {
  return !String(Reflect.get(peer, "addEventListener")).includes("isBinary");
}

function shape(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return String(value);
  const { type, data, target } = value as { type?: unknown; data?: unknown; target?: object };
  return [value.constructor.name, type, String(data), target?.constructor.name, Object.keys(value)];
}
