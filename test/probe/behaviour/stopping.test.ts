import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProbePhase, ProbeTarget } from "../../../src/probe/types.ts";
import { full } from "../servers/connect.ts";
import { dnsServer } from "../servers/dns.ts";
import { peerServer } from "../servers/peer.ts";
import type { Misbehaviour } from "../servers/peer.ts";
import { proxy } from "../servers/proxies.ts";
import { OPCODE, rawServer } from "../servers/wire.ts";
import { check, leftOpen, openHandles, startServers } from "./check.ts";
import type { ServerProcess } from "./check.ts";
import { targetOf } from "./misbehaviours.ts";

let running: ServerProcess;
beforeAll(async () => {
  running = await startServers();
});
afterAll(async () => running.stop());

/** A check that hangs, of a server that tells when it does. */
interface Hanging {
  readonly server: { readonly url: string; readonly close: () => Promise<void> };
  readonly target?: Omit<ProbeTarget, "url">;
}

const peer = async (misbehaviour: Misbehaviour, target?: Omit<ProbeTarget, "url">): Promise<Hanging> => ({
  server: await peerServer(misbehaviour),
  ...(target !== undefined && { target }),
});

const HANGING: readonly [string, ProbePhase, (reached: () => void) => Promise<Hanging>][] = [
  [
    "a question to a DNS server",
    "dns",
    async (reached) => {
      const { address: resolver, close } = await dnsServer(() => reached() as undefined);
      return { server: { url: "ws://probe.test/", close }, target: { resolver } };
    },
  ],
  [
    "connecting",
    "connect",
    async (reached) => {
      const server = await full();
      const before = openHandles().length;
      const look = (): void => (openHandles().length > before ? reached() : void setImmediate(look));
      setImmediate(look);
      return { server };
    },
  ],
  [
    "opening a tunnel",
    "connect",
    async (reached) => {
      const { url: proxyUrl, close } = await proxy(reached);
      return { server: { url: "ws://127.0.0.1:1/", close }, target: { proxy: proxyUrl } };
    },
  ],
  [
    "a TLS handshake",
    "tls",
    async (reached) => {
      const { url, close } = await rawServer((socket) => void socket.once("data", reached));
      return { server: { url: url.replace("ws:", "wss:"), close } };
    },
  ],
  ["an upgrade", "upgrade", (reached) => peer({ upgrade: reached })],
  ["a ping", "message", (reached) => peer({ ping: reached })],
  [
    "an answer",
    "message",
    (reached) => peer({ message: reached }, { steps: [{ send: "hello" }, { expect: { count: 1 } }] }),
  ],
  [
    "many answers, none of which is right",
    "message",
    (reached) =>
      peer(
        {
          message({ send }) {
            for (let index = 0; index < 5000; index += 1) send(OPCODE.text, "flood");
            reached();
          },
        },
        { steps: [{ send: "hello" }, { expect: { text: "hello" } }] },
      ),
  ],
  [
    "the server's close frame",
    "message",
    (reached) => peer({ message: reached }, { steps: [{ send: "bye" }, { expectClose: { code: 1000 } }] }),
  ],
  ["the answer to a close frame", "close", (reached) => peer({ closing: reached }, { steps: [] })],
];

describe("a run that is stopped", () => {
  test.each(HANGING)(
    "while it waits for %s is aborted there at once, and leaves nothing behind",
    async (_, phase, hang) => {
      const before = openHandles();
      const stop = new AbortController();
      let reached!: () => void;
      const hangs = new Promise<void>((resolve) => (reached = resolve));
      const { server, target } = await hang(() => reached());
      const visit = check({ url: server.url, proxy: false, ...target }, { signal: stop.signal });
      await hangs;
      const stopped = performance.now();
      stop.abort();
      const findings = await visit;
      expect(performance.now() - stopped).toBeLessThan(500);
      expect(findings).toMatchObject({ result: "down", error: { type: "aborted", phase } });
      expect(findings.phases.find(({ error }) => error !== undefined)).toMatchObject({ phase, error: "aborted" });
      await server.close();
      expect(await leftOpen(before)).toEqual([]);
    },
  );

  test("before it has begun does nothing", async () => {
    const findings = await check({ url: running.places.good!, proxy: false }, { signal: AbortSignal.abort() });
    expect(findings).toMatchObject({ result: "down", error: { type: "aborted" }, phases: [] });
  });

  test("after it has ended is what it was", async () => {
    const stop = new AbortController();
    const findings = await check({ url: running.places.good!, proxy: false }, { signal: stop.signal });
    stop.abort();
    expect(findings.result).toBe("up");
  });
});

test("what is wrong with the check itself is `_OTHER`, before anything is sent", async () => {
  const target = { url: running.places.good!, bearer: { env: "PROBE_TEST_UNSET" }, proxy: false } as const;
  const { result, error, phases } = await check(target);
  expect({ result, type: error?.type, phases }).toEqual({ result: "down", type: "_OTHER", phases: [] });
  expect(error!.message).toContain("PROBE_TEST_UNSET");
});

test("a hundred runs of all kinds at once do not get in each other's way", async () => {
  const before = openHandles();
  const names = [
    "good",
    "tls_hang",
    "upgrade_hang",
    "refused",
    "pong_never",
    "upgrade_401",
    "chatty",
    "reset_in_message",
  ];
  const visits = Array.from({ length: 104 }, async (_, index) => {
    const name = names[index % names.length]!;
    const { result, error } = await check({ ...targetOf(name, running.places), timeout: 2000 });
    return [name, result, error?.type].join(" ");
  });
  expect(new Set(await Promise.all(visits))).toEqual(
    new Set([
      "good up ",
      "tls_hang down tls_timeout",
      "upgrade_hang down upgrade_timeout",
      "refused down ECONNREFUSED",
      "pong_never down pong_timeout",
      "upgrade_401 down 401",
      "chatty up ",
      "reset_in_message down ECONNRESET",
    ]),
  );
  expect(await leftOpen(before)).toEqual([]);
});
