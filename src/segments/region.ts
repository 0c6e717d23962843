import type { Attributes } from "@opentelemetry/api";
import type { HandshakeRequest } from "../core/facts.ts";
import { group, invalid } from "../core/validate.ts";
import { ATTR_GEO_CONTINENT_CODE, ATTR_GEO_COUNTRY_ISO_CODE } from "../semconv.ts";
import { CONTINENTS, CONTINENT_OF } from "./countries.ts";
import { header, isOwnRequest } from "./headers.ts";

/** Names of header fields; the first one that holds a known code counts. */
export interface RegionHeaders {
  /**
   * Fields with a country of ISO 3166-1 alpha-2.
   * @default those of Cloudflare, CloudFront, Vercel, App Engine, Netlify, and common ones set in Fastly, Google Cloud
   *   or nginx
   */
  country?: readonly string[] | undefined;
  /**
   * Fields with a continent: AF, AN, AS, EU, NA, OC or SA.
   * @default those of Cloudflare, Vercel and common ones; without one, the country's continent
   */
  continent?: readonly string[] | undefined;
}

/** Options of `region`. */
export interface RegionOptions {
  /** Where to look instead of the usual header fields. */
  headers?: RegionHeaders | undefined;
  /**
   * Whether the country is given, up to 249 values, or only its continent, up to 7.
   * @default true
   */
  country?: boolean | undefined;
}

const COUNTRY_HEADERS = [
  "cf-ipcountry",
  "cloudfront-viewer-country",
  "x-vercel-ip-country",
  "x-appengine-country",
  "x-country",
  "x-country-code",
  "x-geo-country",
  "x-client-geo-country",
  "fastly-geo-country",
  "fastly-geo-country-code",
];
const CONTINENT_HEADERS = [
  "cf-ipcontinent",
  "x-vercel-ip-continent",
  "x-continent-code",
  "x-geo-continent",
  "fastly-geo-continent-code",
];
/** Akamai puts everything into one field: `georegion=246,country_code=US,…,continent=NA`. */
const EDGESCAPE = "x-akamai-edgescape";
const MAX_EDGESCAPE = 1024;
/** Longer than any code, so that what is no code is not cut to one. */
const MAX_CODE = 8;

/**
 * Attributes for `metricAttributes`: where the client is, as the CDN in front of the server says, in
 * `geo.country.iso_code` and `geo.continent.code`. What is no country or continent (XX and T1 stand for unknown and
 * Tor) is left out, and so are both where there is no CDN. A peer that reaches the server without the CDN can claim
 * any country, but nothing else.
 *
 * @example
 * ```ts
 * observeServer(server, { metricAttributes: region() });
 * ```
 * @throws TypeError for an option that is wrong
 */
export function region(options: RegionOptions = {}): (request: HandshakeRequest) => Attributes {
  const given = group("region", options, ["headers", "country"], "pass { headers: { country: [name] } }") ?? {};
  const headers = group("region.headers", given.headers, ["country", "continent"], "pass { country: [name] }") ?? {};
  const countries = names("region.headers.country", headers.country, COUNTRY_HEADERS);
  const continents = names("region.headers.continent", headers.continent, CONTINENT_HEADERS);
  const withCountry: unknown = given.country ?? true;
  if (typeof withCountry !== "boolean") throw invalid("region.country", "true or false", withCountry, "leave it out");
  const akamai = given.headers === undefined;
  return (request) => {
    const result: Attributes = {};
    if (isOwnRequest(request)) return result;
    const edge = akamai ? header(request, EDGESCAPE, MAX_EDGESCAPE) : undefined;
    const isCountry = (code: string): boolean => CONTINENT_OF.has(code);
    const isContinent = (code: string): boolean => CONTINENTS.has(code);
    const country = find(request, countries, isCountry) ?? edgescape(edge, "country_code", isCountry);
    const continent =
      find(request, continents, isContinent) ??
      edgescape(edge, "continent", isContinent) ??
      (country === undefined ? undefined : CONTINENT_OF.get(country));
    if (country !== undefined && withCountry) result[ATTR_GEO_COUNTRY_ISO_CODE] = country;
    if (continent !== undefined) result[ATTR_GEO_CONTINENT_CODE] = continent;
    return result;
  };
}

function find(
  request: HandshakeRequest,
  names: readonly string[],
  known: (code: string) => boolean,
): string | undefined {
  for (const name of names) {
    const code = header(request, name, MAX_CODE)?.toUpperCase();
    if (code !== undefined && known(code)) return code;
  }
  return undefined;
}

function edgescape(field: string | undefined, key: string, known: (code: string) => boolean): string | undefined {
  const entry = field?.split(",").find((part) => part.trim().startsWith(`${key}=`));
  const code = entry
    ?.trim()
    .slice(key.length + 1)
    .toUpperCase();
  return code !== undefined && known(code) ? code : undefined;
}

function names(option: string, value: unknown, fallback: readonly string[]): readonly string[] {
  if (value === undefined) return fallback;
  const fine = Array.isArray(value) && value.every((name) => typeof name === "string" && name !== "");
  if (!fine) throw invalid(option, "an array of header names", value, 'pass an array such as ["x-country"]');
  return (value as string[]).map((name) => name.toLowerCase());
}
