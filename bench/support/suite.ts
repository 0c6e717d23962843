import type { Row } from "./report.ts";

/** How thoroughly to measure, and what. */
export interface Settings {
  /** Less of everything: for CI, where only gross regressions are to be found. */
  readonly quick: boolean;
  /** Folder with the built package. */
  readonly dist: string;
}

/** One part of the benchmark. */
export interface Suite {
  readonly name: string;
  readonly about: string;
  run(settings: Settings): Promise<Row[]>;
}
