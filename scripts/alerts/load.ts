import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** An alerting or a recording rule, as it stands in a file. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

/** What a test says about an alert at a time. */
export interface AlertCheck {
  readonly test: string;
  readonly alertname: string;
  /** Of the alerts that fire; none where it does not. */
  readonly severities: readonly string[];
}

interface TestFile {
  readonly tests: readonly {
    readonly name: string;
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts?: readonly { readonly exp_labels: { readonly severity: string } }[];
    }[];
  }[];
}

/** The rule files in a folder of alerts; `README.md` and `tests/` are none. */
export function ruleFiles(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(".yaml"));
}

/** The test files in a folder of alerts. */
export function testFiles(folder: string): string[] {
  return readdirSync(join(folder, "tests")).filter((file) => file.endsWith(".yaml"));
}

/** The groups of all rule files. That they have the form of rules is what `promtool check rules` sees to. */
export function loadGroups(folder: string): RuleGroup[] {
  return ruleFiles(folder).flatMap((file) => {
    const { groups } = parse(readFileSync(join(folder, file), "utf8")) as { groups: RuleGroup[] };
    return groups;
  });
}

/** What the test files say about alerts. */
export function loadChecks(folder: string): AlertCheck[] {
  return testFiles(folder).flatMap((file) => {
    const { tests } = parse(readFileSync(join(folder, "tests", file), "utf8")) as TestFile;
    return tests.flatMap(({ name, alert_rule_test: checks = [] }) =>
      checks.map(({ alertname, exp_alerts: expected = [] }) => ({
        test: name,
        alertname,
        severities: expected.map(({ exp_labels: { severity } }) => severity),
      })),
    );
  });
}

/** The queries in a page: its blocks of code that are marked as `promql`. */
export function queriesOf(page: string): string[] {
  return [...page.matchAll(/```promql\n([\s\S]*?)```/g)].map(([, query = ""]) => query.trim());
}
