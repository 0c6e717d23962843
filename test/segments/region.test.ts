import { describe, expect, test } from "vitest";
import { combineAttributes, region } from "../../src/index.ts";
import { CONTINENTS, CONTINENT_OF } from "../../src/segments/countries.ts";

type Headers = Record<string, string | string[] | undefined>;
const at = (headers: Headers, options?: Parameters<typeof region>[0]): unknown =>
  region(options)({ url: "/chat", headers });
const GERMANY = { "geo.country.iso_code": "DE", "geo.continent.code": "EU" };

describe("region", () => {
  test.for<[string, Headers, object]>([
    ["Cloudflare", { "cf-ipcountry": "DE" }, GERMANY],
    ["CloudFront", { "cloudfront-viewer-country": "DE" }, GERMANY],
    ["Vercel", { "x-vercel-ip-country": "DE", "x-vercel-ip-continent": "EU" }, GERMANY],
    ["App Engine", { "x-appengine-country": "de" }, GERMANY],
    ["Fastly", { "fastly-geo-country": "DE" }, GERMANY],
    ["Akamai", { "x-akamai-edgescape": "georegion=70,country_code=DE,city=BERLIN,continent=EU" }, GERMANY],
    ["Cloudflare, where it does not know", { "cf-ipcountry": "XX" }, {}],
    ["Tor", { "cf-ipcountry": "T1" }, {}],
    ["a continent alone", { "x-vercel-ip-continent": "SA" }, { "geo.continent.code": "SA" }],
    [
      "a continent of its own opinion",
      { "cf-ipcountry": "CY", "cf-ipcontinent": "AS" },
      {
        "geo.country.iso_code": "CY",
        "geo.continent.code": "AS",
      },
    ],
    ["the first that knows", { "cf-ipcountry": "XX", "x-country": "DE" }, GERMANY],
    ["repeated fields", { "cf-ipcountry": ["DE", "US"] }, GERMANY],
    ["nothing", {}, {}],
  ])("%s", ([, headers, expected]) => {
    expect(at(headers)).toEqual(expected);
  });

  test.for(["DEU", "D", "ZZ", "DE, US", "de-DE", "__proto__", "<script>", "D".repeat(10_000), " "])(
    "leaves out what is no code: %s",
    (value) => {
      expect(at({ "cf-ipcountry": value, "x-vercel-ip-continent": value })).toEqual({});
    },
  );

  test("looks only where it is told to", () => {
    const options = { headers: { country: ["X-Edge-Country"], continent: [] } };
    expect(at({ "x-edge-country": "DE", "cf-ipcountry": "US" }, options)).toEqual(GERMANY);
    expect(at({ "cf-ipcountry": "US", "x-akamai-edgescape": "country_code=US" }, options)).toEqual({});
  });

  test("gives the continent alone where that is enough", () => {
    expect(at({ "cf-ipcountry": "BR" }, { country: false })).toEqual({ "geo.continent.code": "SA" });
  });

  test("says nothing of this process's own requests", () => {
    expect(region()({ url: "wss://example.com", headers: { "cf-ipcountry": "DE" } })).toEqual({});
  });

  test("refuses wrong options, and says how to mend them", () => {
    const wrong =
      (options: unknown): unknown =>
      () =>
        region(options as never);
    expect(wrong({ header: 1 })).toThrow(/option "region.header": expected no such option/);
    expect(wrong({ headers: { country: "x" } })).toThrow(/option "region.headers.country": expected an array/);
    expect(wrong({ country: "DE" })).toThrow(/option "region.country": expected true or false, got "DE"/);
  });

  test("knows the 249 countries of ISO 3166-1, each on one continent", () => {
    const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
    expect(CONTINENT_OF.size).toBe(249);
    for (const [country, continent] of CONTINENT_OF) {
      expect([country, names.of(country)]).toEqual([country, expect.any(String)]);
      expect(CONTINENTS).toContain(continent);
    }
  });
});

describe("combineAttributes", () => {
  test("the later one counts, and one that throws leaves out its own alone", () => {
    const combined = combineAttributes(
      () => ({ a: 1, b: 1 }),
      () => {
        throw new Error("no");
      },
      () => undefined,
      () => ({ b: 2 }),
    );
    expect(combined({ headers: {} })).toEqual({ a: 1, b: 2 });
  });

  test("refuses what is no function", () => {
    expect(() => combineAttributes({} as never)).toThrow(/expected functions, got a object/);
  });
});
