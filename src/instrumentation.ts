import * as nodeModule from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from "@opentelemetry/instrumentation";
import type { InstrumentationConfig } from "@opentelemetry/instrumentation";
import { classesOf, isWs, loadClasses, loadedCopies } from "./adapters/ws/modules.ts";
import type { WsClasses } from "./adapters/ws/modules.ts";
import { observeCopy } from "./adapters/ws/observe.ts";
import { contain } from "./core/contain.ts";
import { Observer } from "./core/observer.ts";
import { resolveOptions } from "./core/options.ts";
import type { ObserverOptions } from "./core/options.ts";
import { shutDown } from "./shutdown.ts";
import type { ShutdownOptions } from "./shutdown.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "./telemetry/scope.ts";
import { Telemetry } from "./telemetry/telemetry.ts";
import type { Providers } from "./telemetry/telemetry.ts";

/** Options of `WebSocketInstrumentation`. */
export interface WebSocketInstrumentationConfig extends InstrumentationConfig, ObserverOptions {}

/** Options that InstrumentationBase handles. */
const BASE_OPTIONS = ["enabled"];

/** The entries of `ws` that `import` may lead to: the ES module's classes, and those of ws 7, never pass `require`. */
const IMPORTED_ENTRY = /[\\/]ws[\\/](?:wrapper\.mjs|index\.js)$/;

/**
 * Instruments `ws` 7 and 8, servers and clients, however they are loaded: `require`, `import`, several copies in
 * one tree, and copies that were loaded before. No loader flag is needed.
 *
 * @example
 * ```ts
 * registerInstrumentations({ instrumentations: [new WebSocketInstrumentation()] });
 * ```
 * @throws TypeError for an option that is wrong; it names the option and says how to mend it
 */
export class WebSocketInstrumentation extends InstrumentationBase<WebSocketInstrumentationConfig> {
  // The base class's constructor calls methods below, before these are set: an initialiser would run after it and
  // undo what they did (hence `declare`).
  declare private observer: Observer | undefined;
  declare private telemetry: Telemetry | undefined;
  declare private providers: Providers;
  declare private undo: (() => void)[];
  declare private observed: Set<object>;

  constructor(config: WebSocketInstrumentationConfig = {}) {
    const options = resolveOptions(config, BASE_OPTIONS);
    super(SCOPE_NAME, SCOPE_VERSION, { ...config, enabled: false });
    this.providers = {};
    this.telemetry = new Telemetry(options.tracing);
    this.observer = new Observer(options, this.telemetry);
    this._config = { ...config, enabled: config.enabled ?? true };
    if (this._config.enabled === true) this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    const patch = (exports: unknown): unknown => {
      const classes = classesOf(exports);
      if (classes !== undefined) this.observe(classes);
      return exports;
    };
    // `unpatch` has nothing to do: the base class remembers one copy only, so disable() undoes all of ours.
    return new InstrumentationNodeModuleDefinition("ws", [">=7.0.0 <9"], patch, () => {});
  }

  override enable(): void {
    if (this.observer === undefined || this.isEnabled()) return;
    this.undo = [];
    this.observed = new Set();
    for (const directory of loadedCopies()) this.observeDirectory(directory);
    // A runtime without synchronous hooks (Bun, Deno) loads `ws` by means of its own; there `observeServer` serves.
    const hooks = (nodeModule as Partial<typeof nodeModule>).registerHooks?.({
      resolve: (specifier, context, next) => {
        const result = next(specifier, context);
        // Node 22.15 has the conditions of `require` in a Set, later releases in an array.
        const imported = IMPORTED_ENTRY.test(result.url) && new Set(context.conditions).has("import");
        if (imported) contain("loading ws", () => this.observeDirectory(dirname(fileURLToPath(result.url))));
        return result;
      },
    });
    this.undo.push(() => hooks?.deregister());
    this.observer.startServers();
    super.enable();
  }

  override disable(): void {
    if (!this.isEnabled()) return;
    super.disable();
    for (const undo of this.undo.splice(0)) undo();
    this.observer?.stop();
  }

  /**
   * Ends the instrumentation because the process ends: connections that are open are reported as closed with
   * `error.type` `shutdown`, and that is sent. To be awaited before the SDK's own `shutdown()`, for example in a handler
   * of SIGTERM, after the connections that the application closes itself. Never rejects for what fails there.
   * @throws TypeError for an option that is wrong
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    if (this.observer !== undefined) await shutDown(this.observer, this.providers.tracerProvider, options);
    this.disable();
  }

  override setTracerProvider(tracerProvider: TracerProvider): void {
    super.setTracerProvider(tracerProvider);
    this.useProviders({ tracerProvider });
  }

  override setMeterProvider(meterProvider: MeterProvider): void {
    super.setMeterProvider(meterProvider);
    this.useProviders({ meterProvider });
  }

  /** Takes effect for connections from now on. */
  override setConfig(config: WebSocketInstrumentationConfig): void {
    const options = resolveOptions(config, BASE_OPTIONS);
    super.setConfig(config);
    this.telemetry?.traceAs(options.tracing);
    this.observer?.configure(options);
  }

  private useProviders(changed: Providers): void {
    this.providers = { ...this.providers, ...changed };
    this.telemetry?.useProviders(this.providers);
  }

  private observeDirectory(directory: string): void {
    if (!isWs(directory)) return;
    const classes = loadClasses(directory);
    if (classes !== undefined) this.observe(classes);
  }

  private observe(classes: WsClasses): void {
    const { observer } = this;
    if (observer === undefined || this.observed.has(classes.WebSocket)) return;
    this.observed.add(classes.WebSocket);
    this.undo.push(observeCopy(classes, this, { server: observer, client: observer }));
  }
}
