/** Name of the instrumentation scope of every signal. */
export const SCOPE_NAME = "opentelemetry-websocket";
/** The package's version; a test holds it to package.json. */
export const SCOPE_VERSION = "0.1.0";
