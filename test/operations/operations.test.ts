import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { graphqlWsOperation, jsonRpcOperation, socketIoOperation } from "../../src/index.ts";
import type { WebSocketMessage } from "../../src/index.ts";

const hooks = { graphqlWsOperation, jsonRpcOperation, socketIoOperation };

function message(data: unknown, type: "text" | "binary" = "text"): WebSocketMessage {
  return { direction: "received", type, size: 0, data, text: undefined };
}

/** A text in each form in which a listener may get it. */
function forms(text: string): unknown[] {
  const bytes = Buffer.from(text);
  const buffer = new Uint8Array(bytes).buffer;
  return [text, bytes, buffer, [bytes], new Uint8Array(buffer)];
}

/** What a hook names a text, in whichever form it comes. */
function namesOf(hook: (message: WebSocketMessage) => string | undefined, text: string): (string | undefined)[] {
  return [...new Set(forms(text).map((data) => hook(message(data))))];
}

describe("graphqlWsOperation", () => {
  test.each([
    ['{"id":"1","type":"subscribe","payload":{"query":"{ a }"}}', "subscribe"],
    ['{"payload":{"type":"next","data":[{"type":"error"}]},"id":"1","type":"next"}', "next"],
    [' {\n "type" : "connection_init" }', "connection_init"],
    ['{"type":"ka"}', "ka"],
    ['{"type":"sub\\u0073cribe"}', "subscribe"],
  ])("names %s", (text, name) => expect(namesOf(graphqlWsOperation, text)).toEqual([name]));

  test.each([
    '{"type":"of the peer\'s own"}',
    '{"type":5,"id":"subscribe"}',
    '{"type":{"a":"subscribe"}}',
    '{"payload":{"type":"subscribe"}}',
    '["type","subscribe"]',
    '"type":"subscribe"',
    '{"type":"subscribe',
    "",
  ])("names nothing of %s", (text) => expect(namesOf(graphqlWsOperation, text)).toEqual([undefined]));
});

describe("jsonRpcOperation", () => {
  test.each([
    ['{"jsonrpc":"2.0","method":"orders.create","params":[1],"id":1}', "orders.create"],
    ['{"params":{"method":"inner"},"method":"outer"}', "outer"],
    ['[{"method":"a"},{"method":"b"}]', "batch"],
    ['\n [{"method":"a"}]', "batch"],
  ])("names %s", (text, name) => expect(namesOf(jsonRpcOperation, text)).toEqual([name]));

  test("names no response, and nothing that is not JSON", () => {
    for (const text of ['{"jsonrpc":"2.0","result":{"method":"a"},"id":1}', "method", "{", "}{", '{"method":"\\x"}']) {
      expect([text, ...namesOf(jsonRpcOperation, text)]).toEqual([text, undefined]);
    }
  });

  test("looks at the beginning of a message only", () => {
    const padding = "x".repeat(1e7);
    expect(jsonRpcOperation(message(`{"method":"a","params":"${padding}"}`))).toBe("a");
    expect(jsonRpcOperation(message(`{"params":"${padding}","method":"a"}`))).toBeUndefined();
  });
});

describe("socketIoOperation", () => {
  test.each([
    ['42["news",{"a":1}]', "news"],
    ['42/admin,17["news"]', "news"],
    ['451-["upload",{"_placeholder":true,"num":0}]', "upload"],
    ['452-/files,3["upload",{}]', "upload"],
    ['42["say \\"hi\\""]', 'say "hi"'],
    ['40{"token":"x"}', "connect"],
    ["41", "disconnect"],
    ['430["ok"]', "ack"],
    ['44{"message":"no"}', "connect_error"],
    ['461-0[{"_placeholder":true}]', "ack"],
    ['0{"sid":"x"}', "open"],
    ["2probe", "ping"],
    ["3probe", "pong"],
    ["5", "upgrade"],
  ])("names %s", (text, name) => expect(namesOf(socketIoOperation, text)).toEqual([name]));

  test("names no attachment, and nothing of another protocol", () => {
    expect(socketIoOperation(message(Buffer.from('42["news"]'), "binary"))).toBeUndefined();
    for (const text of ["", "4", "49", "42", "42[1]", '42["', "hello", '{"type":"subscribe"}', "９"]) {
      expect([text, ...namesOf(socketIoOperation, text)]).toEqual([text, undefined]);
    }
  });
});

describe.each(Object.entries(hooks))("%s", (_name, hook) => {
  test("gives a text or nothing for whatever a peer sends, and never throws", () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom("{", "}", "[", "]", '"', "\\", ":", ",", '"type"', '"method"', "42", "/", "-", " "),
        fc.string(),
      ),
      { maxLength: 60 },
    );
    const data = fc.oneof(
      pieces.map((parts) => parts.join("")),
      fc.uint8Array({ maxLength: 200 }),
      fc.anything(),
    );
    fc.assert(
      fc.property(data, fc.constantFrom("text", "binary"), (given, type) => {
        const name: unknown = hook(message(given, type));
        expect(["string", "undefined"]).toContain(typeof name);
      }),
      { numRuns: 2000 },
    );
  });

  test("takes no longer for a message that was made to be slow", () => {
    for (const text of ["[", "{", '"', "\\", '{"a":', "1", "42/", '42["\\', "4" + "2".repeat(9)]) {
      const hostile = message(text.repeat(Math.ceil(5e7 / text.length)));
      const before = performance.now();
      for (let index = 0; index < 100; index += 1) hook(hostile);
      expect(performance.now() - before).toBeLessThan(1000);
    }
  });
});
