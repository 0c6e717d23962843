import protobuf from "protobufjs";
import protojson from "protobufjs/ext/protojson.js";
import type { Telemetry } from "./otlp.ts";
import { binarySchema, jsonSchema } from "./schema.ts";

/** A kind of telemetry, named as in the path `/v1/<signal>` of an OTLP/HTTP request. */
export type Signal = "traces" | "metrics" | "logs";

/** How a body is written: `application/x-protobuf` or `application/json`. */
export type Encoding = "protobuf" | "json";

/** The body of a request is no OTLP; the message says where it goes wrong. */
export class MalformedBody extends Error {
  override readonly name = "MalformedBody";
}

const requests: Record<Signal, string> = {
  traces: "ExportTraceServiceRequest",
  metrics: "ExportMetricsServiceRequest",
  logs: "ExportLogsServiceRequest",
};

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes the body of an OTLP/HTTP export request; both encodings give the same data.
 *
 * @throws {MalformedBody} where the body is not such a request
 */
export function decodeRequest(signal: Signal, encoding: Encoding, body: Uint8Array): Telemetry {
  const schema = encoding === "json" ? jsonSchema : binarySchema;
  const type = schema.lookupType(requests[signal]);
  try {
    if (encoding === "protobuf") return plainMessage(type, type.decode(body));
    return plainMessage(type, protojson.fromJson(type, JSON.parse(utf8.decode(body)), { ignoreUnknownFields: true }));
  } catch (error) {
    throw new MalformedBody(`not an OTLP ${signal} request in ${encoding}: ${String(error)}`, { cause: error });
  }
}

/** The body of a successful answer: no field set, that is, nothing was refused. */
export function encodeSuccess(encoding: Encoding): Uint8Array {
  return encoding === "json" ? Buffer.from("{}") : new Uint8Array();
}

/** The body of a failed answer: a `google.rpc.Status`, as OTLP/HTTP asks for. */
export function encodeFailure(encoding: Encoding, code: number, message: string): Uint8Array {
  if (encoding === "json") return Buffer.from(JSON.stringify({ code, message }));
  return binarySchema.lookupType("RpcStatus").encode({ code, message }).finish();
}

/** Protobuf has 64-bit integers as objects of the package `long`. */
interface Long {
  toNumber(): number;
  toString(): string;
}

function plainMessage(type: protobuf.Type, message: object): Record<string, unknown> {
  const given = new Map<string, unknown>(Object.entries(message));
  const plain: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const value = given.get(field.name);
    if (field.repeated) plain[field.name] = Array.isArray(value) ? value.map((item) => plainField(field, item)) : [];
    else if (value != null) plain[field.name] = plainField(field, value);
    else if (!field.hasPresence) plain[field.name] = plainField(field, field.typeDefault);
  }
  return plain;
}

function plainField(field: protobuf.Field, value: unknown): unknown {
  if (field.name.endsWith("UnixNano")) return String(value);
  if (/^(?:trace|span|parentSpan)Id$/.test(field.name)) return plainId(field.name, value);
  if (typeof value !== "object" || value === null) return value;
  if (field.resolvedType instanceof protobuf.Type) return plainMessage(field.resolvedType, value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return isLong(value) ? plainInteger(value) : value;
}

function isLong(value: object): value is Long {
  return "toNumber" in value;
}

function plainInteger(value: Long): number | string {
  const number = value.toNumber();
  return Number.isSafeInteger(number) ? number : value.toString();
}

function plainId(name: string, value: unknown): string {
  const hex = value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value).toLowerCase();
  const digits = name === "traceId" ? 32 : 16;
  if (hex !== "" && !(hex.length === digits && /^[\da-f]+$/.test(hex))) {
    throw new TypeError(`${name} must have ${digits} hexadecimal digits or be empty, got "${hex.slice(0, 64)}"`);
  }
  return hex;
}
