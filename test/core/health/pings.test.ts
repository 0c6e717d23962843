import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Pings } from "../../../src/core/health/pings.ts";

describe("pings", () => {
  test("are answered by the pong with their payload, whatever its bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 125 }), (payload) => {
        const pings = new Pings();
        pings.sent(payload, 10);
        expect(pings.answered(Uint8Array.from(payload), 10.5)).toEqual([{ roundTrip: 0.5, own: false }]);
        expect(pings.waiting).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test("tell no time for an unsolicited pong, with whatever payload", () => {
    const pings = new Pings();
    expect(pings.answered("x", 1)).toEqual([]);
    pings.sent("a", 1);
    expect(pings.answered("x", 2)).toEqual([]);
    expect(pings.answered("", 2)).toEqual([]);
    expect(pings.waiting).toBe(1);
  });

  test("tell no time where the payload is empty: an unsolicited pong looks the same", () => {
    const pings = new Pings();
    pings.sent("", 1);
    expect(pings.answered("", 1.1)).toEqual([{ roundTrip: undefined, own: false }]);
  });

  test("tell no time where two with one payload wait", () => {
    const pings = new Pings();
    pings.sent("a", 1);
    pings.sent("a", 2);
    expect(pings.answered("a", 2.1)).toEqual([{ roundTrip: undefined, own: false }]);
    expect(pings.answered("a", 2.2)).toEqual([{ roundTrip: undefined, own: false }]);
    pings.sent("a", 3);
    expect(pings.answered("a", 3.5)).toEqual([{ roundTrip: 0.5, own: false }]);
  });

  test("a pong that comes after its ping was given up answers nothing", () => {
    const pings = new Pings();
    pings.sent("a", 1);
    expect(pings.expire(3, 5)).toBe(0);
    expect(pings.expire(6, 5)).toBe(1);
    expect(pings.answered("a", 7)).toEqual([]);
  });

  test("a late pong gives no time to a later ping with the same payload, however many are late", () => {
    const pings = new Pings();
    for (let at = 0; at < 3; at += 1) {
      pings.sent("hb", at);
      pings.expire(at + 0.9, 0.5);
    }
    // All three answers are still under way when the next one leaves.
    pings.sent("hb", 3);
    expect(pings.answered("hb", 3.01)).toEqual([{ roundTrip: undefined, own: false }]);
    pings.answered("hb", 3.02);
    pings.sent("hb", 4);
    expect(pings.answered("hb", 4.01)).toEqual([{ roundTrip: undefined, own: false }]);
    pings.answered("hb", 4.02);
    pings.answered("hb", 4.03);
    pings.sent("hb", 5);
    expect(pings.answered("hb", 5.25)).toEqual([{ roundTrip: 0.25, own: false }]);
  });

  test("those before the one that is answered are answered with it (RFC 6455 section 5.5.3), without a time", () => {
    const pings = new Pings();
    pings.sent("a", 1);
    pings.sent("b", 2, true);
    pings.sent("c", 3);
    expect(pings.answered("b", 4)).toEqual([
      { roundTrip: undefined, own: false },
      { roundTrip: 2, own: true },
    ]);
    expect(pings.waiting).toBe(1);
  });

  test("of ours are given up together with what was sent before them", () => {
    const pings = new Pings();
    pings.sent("a", 1);
    pings.sent("own", 2, true);
    pings.sent("b", 3);
    expect(pings.expireOwn()).toBe(2);
    expect(pings.expireOwn()).toBe(0);
    expect(pings.answered("own", 4)).toEqual([]);
    expect(pings.answered("b", 4)).toEqual([{ roundTrip: 1, own: false }]);
  });

  test("are bounded: the oldest is given up as missed", () => {
    const pings = new Pings();
    let missed = 0;
    for (let index = 0; index < 1000; index += 1) missed += pings.sent(`p${String(index)}`, index);
    expect(pings.waiting).toBe(16);
    expect(missed).toBe(984);
    // Which of so many answers are still under way is not known any more, except for our own.
    pings.sent("new", 2000);
    expect(pings.answered("new", 2001).at(-1)?.roundTrip).toBeUndefined();
    pings.sent("own", 2002, true);
    expect(pings.answered("own", 2003).at(-1)?.roundTrip).toBe(1);
  });

  test("that no control frame can carry are not waited for", () => {
    const pings = new Pings();
    pings.sent(new Uint8Array(126), 1);
    expect(pings.waiting).toBe(0);
  });
});

/** A peer that answers in order, late or not at all, as over TCP, and sends pongs that nobody asked for. */
const step = fc.oneof(
  fc.record({ do: fc.constant("ping" as const), payload: fc.constantFrom("", "a", "b", "c") }),
  fc.record({ do: fc.constant("own" as const) }),
  fc.record({ do: fc.constantFrom("answer" as const, "skip" as const, "expire" as const, "unsolicited" as const) }),
);

test("whatever is sent, answered and skipped, no round trip is false and every ping is counted once", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const pings = new Pings();
      /** What the peer has got and not looked at. */
      const peer: { payload: string; sentAt: number }[] = [];
      let now = 0;
      let own = 0;
      let sent = 0;
      let missed = 0;
      let answered = 0;
      let wrong = 0;
      for (const one of steps) {
        now += 1;
        if (one.do === "ping" || one.do === "own") {
          const payload = one.do === "own" ? `own ${String((own += 1))}` : one.payload;
          missed += pings.sent(payload, now, one.do === "own");
          peer.push({ payload, sentAt: now });
          sent += 1;
        } else if (one.do === "answer") {
          const ping = peer.shift();
          if (ping === undefined) continue;
          for (const { roundTrip } of pings.answered(ping.payload, now)) {
            answered += 1;
            if (roundTrip !== undefined && roundTrip !== now - ping.sentAt) wrong += 1;
          }
        } else if (one.do === "skip") {
          peer.shift();
        } else if (one.do === "unsolicited") {
          answered += pings.answered("nobody sent this", now).length;
        } else {
          missed += pings.expire(now, 5) + (own % 3 === 0 ? pings.expireOwn() : 0);
        }
        expect(sent).toBe(answered + missed + pings.waiting);
        expect(wrong).toBe(0);
      }
    }),
    { numRuns: 2000 },
  );
});
