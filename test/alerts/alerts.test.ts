import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadChecks, loadGroups, queriesOf } from "../../scripts/alerts/load.ts";
import { namesIn } from "../../scripts/alerts/promql.ts";
import { misnamed, vocabulary } from "../../scripts/alerts/vocabulary.ts";
import { metricNames, seriesNames, unitSuffix } from "../../scripts/prometheus/names.ts";
import { loadRegistry } from "../../scripts/semconv/load.ts";
import { resolveRegistry } from "../../scripts/semconv/resolve.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}alerts`;
const groups = loadGroups(folder);
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));
const names = [...new Set(alerts.map(({ alert }) => alert))];
const registry = resolveRegistry(loadRegistry(`${root}semconv`));
const known = vocabulary(registry, rules);
const checks = loadChecks(folder);
const readme = readFileSync(`${folder}/README.md`, "utf8");
/** What Jaeger can search for: attributes of spans, what the Collector sets, and what Jaeger makes of the status. */
const tags = new Set([
  ...registry.spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)),
  "sampling.keep",
  "error",
]);

describe("rules", () => {
  test("name metrics, labels and values that the registry has", () => {
    const findings = rules.flatMap(({ alert, record, expr }) =>
      misnamed(expr, known).map((finding) => `${alert ?? record}: ${finding}`),
    );
    expect(findings).toEqual([]);
    expect(rules.length).toBeGreaterThan(40);
  });

  test("are evaluated once a minute, which the recorded rates count on, in groups of distinct names", () => {
    expect(groups.filter(({ interval }) => interval !== "1m")).toEqual([]);
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
  });

  test("record nothing that is not read", () => {
    const read = new Set(rules.flatMap(({ expr }) => namesIn(expr).selectors.map(({ metric }) => metric)));
    const recorded = rules.flatMap(({ record }) => record ?? []);
    expect(recorded.filter((record) => !read.has(record))).toEqual([]);
    expect(recorded.length).toBeGreaterThan(10);
  });
});

describe.each(names)("%s", (name) => {
  const own = alerts.filter(({ alert }) => alert === name);
  const page = `docs/runbooks/${name}.md`;

  test("has a severity, a summary with what is measured, a description and a runbook", () => {
    for (const { labels, annotations } of own) {
      expect(["critical", "warning"]).toContain(labels?.["severity"]);
      expect(annotations?.["summary"]).toMatch(/\{\{.*\}\}.*\.$/s);
      expect(annotations?.["description"]).toMatch(/[.?]$/);
      expect(annotations?.["runbook_url"]).toBe(page);
    }
  });

  test("has a test in which it fires, with each severity, and one in which it does not", () => {
    const mine = checks.filter(({ alertname }) => alertname === name);
    const fired = new Set(mine.flatMap(({ severities }) => severities));
    expect(own.filter(({ labels }) => !fired.has(labels?.["severity"] ?? ""))).toEqual([]);
    const firing = new Set(mine.flatMap(({ test, severities }) => (severities.length > 0 ? test : [])));
    expect(mine.some(({ test }) => !firing.has(test))).toBe(true);
  });

  test("has a runbook that says what to do, with queries of metrics that exist and commands with options that exist", () => {
    const text = readFileSync(root + page, "utf8");
    expect([...text.matchAll(/^#+ .*/gm)].map(([heading]) => heading)).toEqual([
      `# ${name}`,
      "## What it means",
      "## Confirm",
      "## Likely causes",
      "## What to do",
      "## Tune or silence",
    ]);
    expect(queriesOf(text).length).toBeGreaterThan(0);
    expect(queriesOf(text).flatMap((query) => misnamed(query, known))).toEqual([]);
    const searched = [...text.matchAll(/(?<=[` ])([a-z._]+)=\w+/g)].map(([, tag = ""]) => tag);
    expect(searched.filter((tag) => !tags.has(tag) && tag !== "network_type")).toEqual([]);
    const commands = [...text.matchAll(/otel-ws probe[^`]*/g)].map(([command]) => command);
    const probe = readFileSync(`${root}docs/probe.md`, "utf8");
    const options = commands.flatMap((command) => [...command.matchAll(/--[\w-]+/g)].map(([option]) => option));
    expect(options.filter((option) => !probe.includes(`\`${option}`))).toEqual([]);
  });
});

describe("the pages", () => {
  test("have a row for each alert, as the rules have it", () => {
    const rows = [...readme.matchAll(/^\| \[(\w+)\]\((\S+)\)\s+\| (\w+)\s+\|[^|]*\| (\w+)\s+\|/gm)];
    expect(rows.map(([, ...cells]) => cells.join(" ")).sort()).toEqual(
      alerts
        .map(({ alert, labels, for: wait = "0m" }) =>
          [alert, `../docs/runbooks/${alert}.md`, labels?.["severity"], wait].join(" "),
        )
        .sort(),
    );
  });

  test("are one for each alert, and the index names them all", () => {
    const pages = readdirSync(`${root}docs/runbooks`).filter((page) => page !== "README.md");
    expect(pages.sort()).toEqual(names.map((name) => `${name}.md`).sort());
    const index = readFileSync(`${root}docs/runbooks/README.md`, "utf8");
    expect([...index.matchAll(/^- \[(\w+)\]/gm)].map(([, name = ""]) => `${name}.md`).sort()).toEqual(pages);
  });

  test.each(["alerts/README.md", ...readdirSync(`${root}docs/runbooks`).map((page) => `docs/runbooks/${page}`)])(
    "link what there is: %s",
    (page) => {
      const links = [...readFileSync(root + page, "utf8").matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
        .map(([, link = ""]) => link)
        .filter((link) => !link.startsWith("https://"));
      const from = new URL(page, new URL("../../", import.meta.url));
      expect(links.filter((link) => !existsSync(new URL(link, from)))).toEqual([]);
    },
  );
});

test("the README's rules for a Prometheus that scrapes applications give every metric the name that the rules have", () => {
  const [, block = ""] = /```yaml\n( *metric_relabel_configs:[\s\S]*?)```/.exec(readme) ?? [];
  const { metric_relabel_configs: relabelings } = parse(block) as {
    metric_relabel_configs: readonly { readonly regex: string; readonly replacement: string }[];
  };
  const relabel = (name: string): string =>
    relabelings.reduce((current, { regex, replacement }) => {
      const match = new RegExp(`^(?:${regex})$`).exec(current);
      return match ? replacement.replaceAll(/\$\{(\d)\}/g, (_, group: string) => match[Number(group)] ?? "") : current;
    }, name);
  for (const metric of metricNames()) {
    const exposed = seriesNames(metric).map((name) => name.replace(unitSuffix(metric), ""));
    expect(exposed.map(relabel)).toEqual(seriesNames(metric));
  }
});

describe("the check of names", () => {
  test.each([
    ["websocket_server_gone_total", "websocket_server_gone_total is no metric"],
    [
      'websocket_server_closed_connections_total{colour="red"}',
      "websocket_server_closed_connections_total has no label colour",
    ],
    [
      'websocket_server_closed_connections_total{websocket_close_class=~"normal|odd"}',
      "websocket_close_class is never odd",
    ],
    ["sum by (job, colour) (rate(websocket_server_messages_total[5m]))", "no metric has the label colour"],
    [
      'job:websocket_server_reconnections:rate5m{instance="a"}',
      "job:websocket_server_reconnections:rate5m has no label instance",
    ],
  ])("finds what is wrong with %s", (query, finding) => {
    expect(misnamed(query, known)).toEqual([finding]);
  });

  test.each([
    'sum by (job, le) (rate(websocket_server_handshake_duration_seconds_bucket{error_type!~"4..|", job="a"}[5m] offset 1h)) > 0.5',
    "target_info unless on (job) up == 1",
  ])("lets pass %s", (query) => {
    expect(misnamed(query, known)).toEqual([]);
  });
});
