import type { Attributes } from "@opentelemetry/api";
import type { MessageSampler } from "../core/message-options.ts";
import { ATTR_WEBSOCKET_CONNECTION_SEGMENT } from "../semconv.ts";

/** `SamplingDecision.RECORD_AND_SAMPLED` of the trace SDK. */
const RECORD_AND_SAMPLED = 2;

/** A sampler of the trace SDK. */
export interface SpanSampler extends MessageSampler {
  toString(): string;
}

/**
 * Keeps the segments of a connection together where a sampler takes a share of all traces: each segment is a trace, so
 * by themselves most of them would be left out. Only a connection whose first segment was sampled has further ones.
 * Everything else is decided by the sampler that is given. `register` uses it by itself.
 *
 * @example
 * ```ts
 * new NodeSDK({ sampler: new SegmentSampler(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) })) });
 * ```
 * @throws TypeError for anything but a sampler
 */
export class SegmentSampler implements SpanSampler {
  readonly #sampler: SpanSampler;

  constructor(sampler: SpanSampler) {
    if (typeof (sampler as Partial<SpanSampler> | undefined)?.shouldSample !== "function") {
      throw new TypeError(
        `opentelemetry-websocket: SegmentSampler: expected a sampler, got ${typeof sampler}; pass one such as new TraceIdRatioBasedSampler(0.01)`,
      );
    }
    this.#sampler = sampler;
  }

  shouldSample(...args: Parameters<SpanSampler["shouldSample"]>): ReturnType<SpanSampler["shouldSample"]> {
    const attributes = args[4] as Attributes | undefined;
    if (attributes?.[ATTR_WEBSOCKET_CONNECTION_SEGMENT] !== undefined) return { decision: RECORD_AND_SAMPLED };
    return this.#sampler.shouldSample(...args);
  }

  toString(): string {
    return `SegmentSampler{${this.#sampler.toString()}}`;
  }
}
