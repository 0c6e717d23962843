import type { Attributes } from "@opentelemetry/api";
import { contain } from "../core/contain.ts";
import type { HandshakeRequest } from "../core/facts.ts";
import { invalid } from "../core/validate.ts";

/**
 * One function for `metricAttributes` out of several; where two give the same name, the later one counts. One that
 * throws is reported once and leaves out its own attributes only.
 *
 * @example
 * ```ts
 * observeServer(server, { metricAttributes: combineAttributes(clientPlatform(), region(), tierOf) });
 * ```
 * @throws TypeError for anything that is no function
 */
export function combineAttributes(
  ...functions: readonly ((request: HandshakeRequest) => Attributes | undefined)[]
): (request: HandshakeRequest) => Attributes {
  for (const each of functions as readonly unknown[]) {
    if (typeof each !== "function") {
      throw invalid("combineAttributes", "functions", each, "pass functions of the request, such as clientPlatform()");
    }
  }
  return (request) =>
    Object.assign({}, ...functions.map((each) => contain("metricAttributes", () => each(request)))) as Attributes;
}
