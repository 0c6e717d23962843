import { inject } from "vitest";
import { freePort } from "../../support/port.ts";
import { Server } from "./server.ts";

/** A span as Jaeger's API gives it. */
export interface JaegerSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly service: string;
  /** Microseconds since 1970. */
  readonly start: number;
  readonly tags: Readonly<Record<string, string | number | boolean>>;
  /** Microseconds. */
  readonly duration: number;
  /** The parent in the same trace. */
  readonly parent: string | undefined;
  /** Spans that this one links to. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

const FLAGS = [
  "collector.otlp.grpc.host-port",
  "query.http-server.host-port",
  "admin.http.host-port",
  "collector.otlp.http.host-port",
  "query.grpc-server.host-port",
  "collector.http-server.host-port",
  "collector.grpc-server.host-port",
];

/** A Jaeger that keeps spans in memory. */
export class Jaeger extends Server {
  /** The value for the Collector's `JAEGER_ENDPOINT`. */
  readonly grpc: string;
  /** The value for an application's `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly otlp: string;
  readonly #query: string;

  private constructor(ports: readonly number[]) {
    const [grpc, query, admin, http] = ports;
    super({
      name: "jaeger",
      command: inject("binaries").jaeger,
      args: FLAGS.map((flag, index) => `--${flag}=127.0.0.1:${ports[index]}`),
      env: { SPAN_STORAGE_TYPE: "memory" },
      health: `http://127.0.0.1:${admin}/`,
    });
    this.grpc = `127.0.0.1:${grpc}`;
    this.otlp = `http://127.0.0.1:${http}`;
    this.#query = `http://127.0.0.1:${query}`;
  }

  /** A Jaeger that is not started yet. */
  static async create(): Promise<Jaeger> {
    return new Jaeger(await Promise.all(FLAGS.map(() => freePort())));
  }

  /** All spans of the traces that a service takes part in, also those of other services. */
  spans(service: string): Promise<JaegerSpan[]> {
    return this.search(new URLSearchParams({ service, lookback: "1h" }));
  }

  /** All spans of the traces that a search finds, of which the parameters are those of Jaeger's own page. */
  search(search: URLSearchParams): Promise<JaegerSpan[]> {
    const parameters = new URLSearchParams([...search, ["limit", "100000"]]);
    return this.#get(`/api/traces?${parameters.toString()}`);
  }

  /** The spans of one trace. */
  trace(traceId: string): Promise<JaegerSpan[]> {
    return this.#get(`/api/traces/${traceId}`);
  }

  async #get(path: string): Promise<JaegerSpan[]> {
    const response = await fetch(`${this.#query}${path}`);
    const { data, errors } = (await response.json()) as Answer;
    if (errors !== undefined && errors !== null) throw new Error(JSON.stringify(errors));
    return data.flatMap(({ spans, processes }) => spans.map((span) => toSpan(span, processes)));
  }
}

interface Answer {
  readonly data: { spans: ApiSpan[]; processes: Processes }[];
  readonly errors?: unknown;
}

type Processes = Readonly<Record<string, { readonly serviceName: string }>>;

interface ApiSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly processID: string;
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly { readonly key: string; readonly value: string | number | boolean }[];
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
}

function toSpan(span: ApiSpan, processes: Processes): JaegerSpan {
  return {
    traceId: span.traceID,
    spanId: span.spanID,
    name: span.operationName,
    service: processes[span.processID]?.serviceName ?? "",
    start: span.startTime,
    tags: Object.fromEntries(span.tags.map(({ key, value }) => [key, value])),
    duration: span.duration,
    parent: span.references.find(({ refType }) => refType === "CHILD_OF")?.spanID,
    links: span.references
      .filter(({ refType }) => refType === "FOLLOWS_FROM")
      .map(({ traceID, spanID }) => ({ traceId: traceID, spanId: spanID })),
  };
}
