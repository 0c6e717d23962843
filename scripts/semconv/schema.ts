import { Ajv } from "ajv";
import type { ErrorObject, ValidateFunction } from "ajv";
import type { SourceFile } from "./load.ts";
import type { Finding } from "./model.ts";

// The parts of the format that this project uses; anything else in a file is an error.

const text = { type: "string", minLength: 1 };
const scalar = { type: ["string", "number", "boolean"] };
const stability = { enum: ["development", "alpha", "beta", "release_candidate", "stable"] };
const annotations = { type: "object" };

const deprecated = object(["reason"], {
  reason: { enum: ["renamed", "obsoleted", "uncategorized"] },
  renamed_to: text,
  note: text,
});

const requirementLevel = {
  anyOf: [
    { enum: ["required", "recommended", "opt_in"] },
    object(["conditionally_required"], { conditionally_required: text }),
    object(["recommended"], { recommended: text }),
    object(["opt_in"], { opt_in: text }),
  ],
};

const examples = {
  anyOf: [scalar, { type: "array", minItems: 1, items: { anyOf: [scalar, list(scalar)] } }],
};

const attributeType = {
  if: { type: "string" },
  // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's own keyword
  then: { type: "string", pattern: "^(template\\[)?(string|int|double|boolean|any)(\\[\\])?\\]?$" },
  else: object(["members"], {
    members: {
      type: "array",
      minItems: 1,
      items: object(["id", "value"], {
        id: text,
        value: scalar,
        brief: text,
        note: text,
        stability,
        deprecated,
        annotations,
      }),
    },
  }),
};

const attribute = object(["key", "type", "brief", "stability"], {
  key: text,
  type: attributeType,
  brief: text,
  stability,
  note: text,
  examples,
  deprecated,
  annotations,
});

const REF = { ref: text, requirement_level: requirementLevel, brief: text, note: text, examples, stability };

const group = object(["id", "visibility", "attributes"], {
  id: text,
  visibility: { enum: ["internal", "public"] },
  attributes: list(use({})),
  brief: text,
  note: text,
  stability,
});

const SIGNAL = {
  brief: text,
  note: text,
  stability,
  requirement_level: {
    anyOf: [
      { enum: ["recommended", "opt_in"] },
      object(["recommended"], { recommended: text }),
      object(["opt_in"], { opt_in: text }),
    ],
  },
  deprecated,
  annotations,
  entity_associations: list(text),
};

const metric = object(["name", "instrument", "unit", "brief", "stability"], {
  ...SIGNAL,
  name: text,
  instrument: { enum: ["counter", "updowncounter", "gauge", "histogram"] },
  unit: text,
  attributes: list(use({})),
});

const span = object(["type", "kind", "name", "brief", "stability"], {
  ...SIGNAL,
  type: text,
  kind: { enum: ["client", "server", "producer", "consumer", "internal"] },
  name: object(["note"], { note: text }),
  attributes: list(use({ sampling_relevant: { type: "boolean" } })),
});

const event = object(["name", "brief", "stability"], { ...SIGNAL, name: text, attributes: list(use({})) });

const definitions = object(["file_format"], {
  file_format: { const: "definition/2" },
  attributes: list(attribute),
  attribute_groups: list(group),
  metrics: list(metric),
  spans: list(span),
  events: list(event),
});

const manifest = object(["schema_url", "description", "stability", "dependencies"], {
  schema_url: text,
  description: text,
  stability,
  dependencies: list(object(["schema_url", "registry_path"], { schema_url: text, registry_path: text })),
});

const ajv: Ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const VALIDATORS: Readonly<Record<"definitions" | "manifest", ValidateFunction>> = {
  definitions: ajv.compile(definitions),
  manifest: ajv.compile(manifest),
};

/** What is wrong with the shape of a file: unknown and missing fields, and values of the wrong type. */
export function checkShape(kind: "definitions" | "manifest", source: SourceFile<unknown>): Finding[] {
  const validate = VALIDATORS[kind];
  if (validate(source.data)) return [];
  return (validate.errors ?? []).filter((error) => error.keyword !== "if").map((error) => finding(source, error));
}

function finding(source: SourceFile<unknown>, error: ErrorObject): Finding {
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const params = error.params as { additionalProperty?: string; allowedValues?: string[]; allowedValue?: string };
  const detail = params.additionalProperty ?? params.allowedValues?.join(", ") ?? params.allowedValue;
  const message = `${error.message ?? "is not valid"}${detail === undefined ? "" : `: ${detail}`}`;
  return { file: source.file, path, line: source.lineOf(path), rule: "shape", message };
}

function object(required: readonly string[], properties: Record<string, object>): object {
  return { type: "object", required, properties, additionalProperties: false };
}

function list(items: object): object {
  return { type: "array", items };
}

/** An attribute reference or a group reference. */
function use(extra: Record<string, object>): object {
  return {
    if: { type: "object", required: ["ref_group"] },
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's own keyword
    then: object(["ref_group"], { ref_group: text }),
    else: object(["ref"], { ...REF, deprecated, annotations, ...extra }),
  };
}
