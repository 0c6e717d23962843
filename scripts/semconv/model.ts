/** The registry's form (OpenTelemetry's `definition/2`), as far as this project uses it. Types only. */

export type Stability = "development" | "alpha" | "beta" | "release_candidate" | "stable";
export type Instrument = "counter" | "updowncounter" | "gauge" | "histogram";
export type SpanKind = "client" | "server" | "producer" | "consumer" | "internal";
export type Scalar = string | number | boolean;

export type RequirementLevel =
  | "required"
  | "recommended"
  | "opt_in"
  | { readonly conditionally_required: string }
  | { readonly recommended: string }
  | { readonly opt_in: string };

export interface EnumMember {
  readonly id: string;
  readonly value: Scalar;
  readonly brief?: string;
  readonly note?: string;
  readonly stability?: Stability;
}

export type AttributeType = string | { readonly members: readonly EnumMember[] };

export interface AttributeDefinition {
  readonly key: string;
  readonly type: AttributeType;
  readonly brief: string;
  readonly stability: Stability;
  readonly note?: string;
  readonly examples?: Scalar | readonly (Scalar | readonly Scalar[])[];
}

export interface AttributeRef {
  readonly ref: string;
  readonly requirement_level?: RequirementLevel;
  readonly brief?: string;
  readonly note?: string;
  readonly examples?: AttributeDefinition["examples"];
  readonly sampling_relevant?: boolean;
}

export interface GroupRef {
  readonly ref_group: string;
}

export type AttributeUse = AttributeRef | GroupRef;

export interface AttributeGroup {
  readonly id: string;
  readonly visibility: "internal" | "public";
  readonly attributes: readonly AttributeUse[];
  readonly brief?: string;
  readonly stability?: Stability;
}

/** What metrics, spans and events have in common. */
export interface Signal {
  readonly brief: string;
  readonly stability: Stability;
  readonly requirement_level?: RequirementLevel;
  readonly note?: string;
  readonly attributes?: readonly AttributeUse[];
}

export interface MetricDefinition extends Signal {
  readonly name: string;
  readonly instrument: Instrument;
  readonly unit: string;
}

export interface SpanDefinition extends Signal {
  readonly type: string;
  readonly kind: SpanKind;
  readonly name: { readonly note: string };
}

export interface EventDefinition extends Signal {
  readonly name: string;
}

/** The content of one file. */
export interface Definitions {
  readonly file_format: "definition/2";
  readonly attributes?: readonly AttributeDefinition[];
  readonly attribute_groups?: readonly AttributeGroup[];
  readonly metrics?: readonly MetricDefinition[];
  readonly spans?: readonly SpanDefinition[];
  readonly events?: readonly EventDefinition[];
}

export interface Manifest {
  readonly schema_url: string;
  readonly description: string;
  readonly stability: Stability;
  readonly dependencies: readonly { readonly schema_url: string; readonly registry_path: string }[];
}

/** Where in a file something is: keys and indexes from the top. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with the registry. */
export interface Finding {
  readonly file: string;
  readonly path: Path;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}
