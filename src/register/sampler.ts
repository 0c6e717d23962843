import { SegmentSampler } from "../telemetry/segment-sampler.ts";
import type { SpanSampler } from "../telemetry/segment-sampler.ts";
import { text } from "./env.ts";
import type { SdkPackages } from "./packages.ts";

/** Where the samplers are: in SDK 3.x, and in those before. */
const PACKAGES = ["@opentelemetry/sdk-trace", "@opentelemetry/sdk-trace-base"];

/**
 * The sampler that OTEL_TRACES_SAMPLER asks for, where it takes a share of all traces, so that it takes all segments of
 * a connection or none. `undefined` where it is for the SDK to make: no share, or one that is wrong, which it reports.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export function segmentSampler(sdk: SdkPackages): SpanSampler | undefined {
  const name = text("OTEL_TRACES_SAMPLER");
  const ratio = Number(text("OTEL_TRACES_SAMPLER_ARG") ?? Number.NaN);
  if ((name !== "traceidratio" && name !== "parentbased_traceidratio") || !(ratio >= 0 && ratio <= 1)) return undefined;
  const create = (className: string, options: unknown): SpanSampler => {
    const Class = samplerClass(sdk, className);
    return new Class(options);
  };
  const root = create("TraceIdRatioBasedSampler", ratio);
  return new SegmentSampler(name === "traceidratio" ? root : create("ParentBasedSampler", { root }));
}

function samplerClass(sdk: SdkPackages, name: string): new (options: unknown) => SpanSampler {
  let problem: unknown;
  for (const packageName of PACKAGES) {
    try {
      return sdk.load(packageName, name) as new (options: unknown) => SpanSampler;
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}
