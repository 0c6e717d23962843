import { describe, expect, test } from "vitest";
import { servers } from "../servers/index.ts";
import { check, startServers } from "./check.ts";

describe("the process with all servers", () => {
  test.each(["SIGTERM", "stdin"] as const)("says where they are, and ends with %s", async (how) => {
    const { places, stop } = await startServers();
    expect(Object.keys(places)).toEqual(expect.arrayContaining(Object.keys(servers)));
    expect((await check({ url: places.good!, proxy: false })).result).toBe("up");
    expect(await stop(how)).toBe(0);
    expect((await check({ url: places.good!, proxy: false })).error?.type).toBe("ECONNREFUSED");
  });
});
