import { beforeAll, afterAll, describe, expect, test } from "vitest";
import type { Expectation, ProbeStep } from "../../../src/probe/types.ts";
import { closesWhenOpen } from "../servers/ends.ts";
import { status } from "../servers/http.ts";
import { peerServer } from "../servers/peer.ts";
import { OPCODE } from "../servers/wire.ts";
import type { Server } from "../servers/wire.ts";
import { check } from "./check.ts";
import { use } from "./use.ts";

let echo: Server;
beforeAll(async () => {
  echo = await peerServer({});
});
afterAll(async () => echo.close());

const JSON_TEXT = '{"type":"ready","users":[{"name":"ada"},{"name":"bob"}],"none":null}';

describe("an answer is the one that is expected:", () => {
  test.each<[string, ProbeStep, Expectation, Expectation]>([
    ["the text", { send: "hello" }, { text: "hello" }, { text: "hell" }],
    ["a part of it", { send: "it is ready now" }, { contains: "ready" }, { contains: "Ready" }],
    ["a pattern", { send: "user 42 joined" }, { regex: "^user \\d+ " }, { regex: "^\\d+" }],
    ["a path in JSON", { send: JSON_TEXT }, { jsonPath: "$.users[1].name" }, { jsonPath: "$.users[2].name" }],
    ["a path to null", { send: JSON_TEXT }, { jsonPath: "$.none" }, { jsonPath: "$.some" }],
    [
      "a value in JSON",
      { sendJson: { users: ["ada", { name: "bob" }] } },
      { jsonPath: "$.users[1]", equals: { name: "bob" } },
      { jsonPath: "$.users[0]", equals: "bob" },
    ],
    [
      "one of many values",
      { send: JSON_TEXT },
      { jsonPath: "$.users[*].name", equals: "bob" },
      { jsonPath: "$.users[*].name", equals: "eve" },
    ],
    ["no JSON", { send: "{hello" }, { text: "{hello" }, { jsonPath: "$" }],
    ["the first bytes", { sendBinary: "0aff00" }, { binaryPrefix: "0aff" }, { binaryPrefix: "ff" }],
    ["bytes, not a text of them", { sendBinary: "6869" }, { binaryPrefix: "6869" }, { text: "hi" }],
    ["any message", { sendBinary: "00" }, { count: 1 }, { count: 2 }],
  ])("%s", async (_, sent, right, wrong) => {
    const target = { url: echo.url, proxy: false } as const;
    const [found, missed] = await Promise.all([
      check({ ...target, steps: [sent, { expect: right }] }),
      check({ ...target, steps: [sent, { expect: { ...wrong, within: 100 } }] }),
    ]);
    expect(found.result).toBe("up");
    expect(missed).toMatchObject({ result: "down", error: { phase: "message" } });
    expect(missed.error!.type).toBe("count" in wrong ? "message_timeout" : "unexpected_message");
  });

  test("a pattern that would take other engines for ever", async () => {
    const sent = { send: `${"a".repeat(100_000)}!` };
    const target = { url: echo.url, timeout: 5000, proxy: false } as const;
    const found = await check({ ...target, steps: [sent, { expect: { regex: "^(a+)+!$" } }] });
    expect(found.result).toBe("up");
    const missed = await check({ ...target, steps: [sent, { expect: { regex: "^(a+)+$", within: 300 } }] });
    expect(missed.error?.type).toBe("unexpected_message");
    // As long as it was waited for: the pattern was through with the message before.
    expect(missed.duration).toBeLessThan(1);
  });
});

describe("steps", () => {
  test("follow each other, each with a round trip of its own", async () => {
    const steps: ProbeStep[] = [
      { ping: {} },
      { send: "one" },
      { expect: { text: "one" } },
      { wait: 20 },
      { sendBinary: "02" },
      { expect: { binaryPrefix: "02" } },
      { sendJson: [3] },
      { expect: { jsonPath: "$[0]", equals: 3 } },
      { ping: {} },
    ];
    const { result, phases } = await check({ url: echo.url, steps, proxy: false });
    expect(result).toBe("up");
    expect(phases.filter(({ phase }) => phase === "message").map(({ detail }) => detail)).toEqual([
      "ping",
      'the text "one"',
      "a binary message that begins with 02",
      "JSON in which $[0] is 3",
      "ping",
    ]);
  });

  test("end with the first one that fails", async () => {
    const steps = [{ send: "a" }, { expect: { text: "b", within: 50 } }, { send: "c" }, { expect: { text: "c" } }];
    const received: string[] = [];
    const server = await use(peerServer({ message: (_, payload) => void received.push(payload.toString()) }));
    const { error } = await check({ url: server.url, steps, proxy: false });
    expect(error?.type).toBe("message_timeout");
    expect(received).toEqual(["a"]);
  });

  test("none, to connect only", async () => {
    const { result, phases } = await check({ url: echo.url, steps: [], proxy: false });
    expect({ result, phases: phases.map(({ phase }) => phase) }).toEqual({
      result: "up",
      phases: ["connect", "upgrade", "close"],
    });
  });

  test("take what comes before anything is sent", async () => {
    const server = await use(
      peerServer({ open: ({ send }) => ["a", "b", "c"].forEach((text) => send(OPCODE.text, text)) }),
    );
    const steps = [{ expect: { text: "a" } }, { expect: { count: 2 } }];
    expect((await check({ url: server.url, steps, proxy: false })).result).toBe("up");
  });
});

describe("the end that is expected", () => {
  test("is the close code of the server", async () => {
    const server = await use(closesWhenOpen(4001, "so long")());
    const url = server.url;
    const [right, wrong] = await Promise.all(
      [4001, 4002].map((code) => check({ url, steps: [{ expectClose: { code } }], proxy: false })),
    );
    expect(right).toMatchObject({
      result: "up",
      close: { code: 4001, reason: "so long", initiator: "server", clean: true },
    });
    expect(wrong).toMatchObject({ result: "down", error: { type: "unexpected_close", phase: "message" } });
  });

  test("is a refusal with a status, after which there is nothing more to do", async () => {
    const server = await use(status(429)());
    const right = await check({ url: server.url, expectStatus: 429, proxy: false });
    expect(right).toMatchObject({ result: "up", upgrade: { status: 429 } });
    expect(right.phases.map(({ phase }) => phase)).toEqual(["connect", "upgrade"]);
    const wrong = await check({ url: server.url, expectStatus: 401, proxy: false });
    expect(wrong).toMatchObject({ result: "down", error: { type: "429", phase: "upgrade" } });
  });
});
