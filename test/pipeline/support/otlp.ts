import { randomBytes } from "node:crypto";

/** What a span of a test is made of. */
export interface MadeSpan {
  readonly name?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  /** Seconds that it took. */
  readonly duration?: number;
  readonly error?: boolean;
  /** Of OTLP's enum: 1 internal, 2 server. */
  readonly kind?: number;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** Sends spans of a service as OTLP. @throws Error unless the Collector has taken all of them */
export function sendSpans(otlp: string, service: string, spans: readonly MadeSpan[]): Promise<void> {
  return send(`${otlp}/v1/traces`, {
    resourceSpans: [
      {
        resource: { attributes: keyValues({ "service.name": service }) },
        scopeSpans: [{ scope: { name: "test" }, spans: spans.map((span) => encode(span)) }],
      },
    ],
  });
}

/** Sends a cumulative counter of instances of a service as OTLP, one point each. */
export function sendCounter(otlp: string, service: string, instances: readonly string[], value: number): Promise<void> {
  const time = `${Date.now()}000000`;
  return send(`${otlp}/v1/metrics`, {
    resourceMetrics: instances.map((instance) => ({
      resource: { attributes: keyValues({ "service.name": service, "service.instance.id": instance }) },
      scopeMetrics: [
        {
          metrics: [
            {
              name: "test.counter",
              sum: {
                aggregationTemporality: 2,
                isMonotonic: true,
                dataPoints: [{ startTimeUnixNano: "1", timeUnixNano: time, asInt: value }],
              },
            },
          ],
        },
      ],
    })),
  });
}

async function send(url: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.text();
  if (response.status !== 200 || answer !== '{"partialSuccess":{}}') throw new Error(`${response.status} ${answer}`);
}

/** A trace's id. */
export function newTraceId(): string {
  return randomBytes(16).toString("hex");
}

/** A span's id. */
export function newSpanId(): string {
  return randomBytes(8).toString("hex");
}

function encode({
  name = "span",
  traceId = newTraceId(),
  spanId = newSpanId(),
  links = [],
  duration = 0.1,
  error = false,
  kind = 2,
  attributes = {},
}: MadeSpan): object {
  const end = Date.now();
  return {
    traceId,
    spanId,
    links,
    name,
    kind,
    startTimeUnixNano: `${end - Math.round(duration * 1000)}000000`,
    endTimeUnixNano: `${end}000000`,
    attributes: keyValues(attributes),
    status: { code: error ? 2 : 0 },
  };
}

function keyValues(attributes: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? { stringValue: value } : { intValue: value },
  }));
}
