// The form of Grafana 12 and later: a resource of Kubernetes' kind, of schema v2beta1.
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as v2 from "@grafana/grafana-foundation-sdk/dashboardv2beta1";
import { QueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { VisualizationBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { VisualizationBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { DEPLOYS, DEPLOY_TAG, TAG, spansUrl, uidOf } from "./links.ts";
import { place, refId } from "./model.ts";
import type { Board, Panel, Placed, Query, Variable } from "./model.ts";
import { steps } from "./thresholds.ts";

/** What `kubectl` and Grafana's own tools read. */
export interface Resource {
  readonly apiVersion: "dashboard.grafana.app/v2beta1";
  readonly kind: "Dashboard";
  readonly metadata: { readonly name: string };
  readonly spec: v2.Dashboard;
}

const PROMETHEUS = { name: "${datasource}" };

/** A dashboard as a resource. */
export function resource(board: Board): Resource {
  const built = new v2.DashboardBuilder(board.title)
    .description(board.description)
    .tags([TAG])
    .editable(false)
    .cursorSync(v2.DashboardCursorSync.Crosshair)
    .timeSettings(new v2.TimeSettingsBuilder().timezone("browser").autoRefresh("1m").from("now-3h").to("now"))
    .variables([
      new v2.DatasourceVariableBuilder("datasource").label("Data source").pluginId("prometheus"),
      ...board.variables.map(variable),
      new v2.DatasourceVariableBuilder("jaeger").label("Traces").pluginId("jaeger"),
    ])
    .annotations([deployments(), newVersions()])
    .links([
      new v2.DashboardLinkBuilder()
        .title("WebSocket")
        .type(v2.DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .keepTime(true),
    ]);
  const rows = new v2.RowsBuilder();
  let id = 1;
  for (const { title, panels } of board.rows) {
    const grid = new v2.GridBuilder();
    for (const placed of place(panels, id)) {
      const { x, y, width, height } = placed;
      built.element(`panel-${placed.id}`, panel(placed));
      grid.item(new v2.GridItemBuilder().name(`panel-${placed.id}`).x(x).y(y).width(width).height(height));
    }
    rows.row(new v2.RowBuilder().title(title).layout(grid));
    id += panels.length;
  }
  return {
    apiVersion: "dashboard.grafana.app/v2beta1",
    kind: "Dashboard",
    metadata: { name: uidOf(board) },
    spec: built.layout(rows).build(),
  };
}

function panel({ panel, id }: Placed): v2.PanelBuilder {
  return new v2.PanelBuilder()
    .id(id)
    .title(panel.title)
    .description(panel.description)
    .data(new v2.QueryGroupBuilder().targets(panel.queries.map(target)))
    .visualization(visualization(panel));
}

function visualization(panel: Panel): StatBuilder | TimeseriesBuilder {
  const { kind = "timeseries", stacked = false, thresholds, max, spans } = panel;
  const built = kind === "stat" ? stat() : timeseries(stacked, thresholds !== undefined);
  built
    .unit(panel.unit)
    .min(0)
    .thresholds(new v2.ThresholdsConfigBuilder().mode(v2.ThresholdsMode.Absolute).steps(steps(panel)));
  if (max !== undefined) built.max(max);
  if (spans !== undefined) built.dataLinks([{ title: "Spans in Jaeger", url: spansUrl(panel), targetBlank: true }]);
  return built;
}

function stat(): StatBuilder {
  return new StatBuilder().reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]));
}

function timeseries(stacked: boolean, thresholds: boolean): TimeseriesBuilder {
  const built = new TimeseriesBuilder().fillOpacity(stacked ? 30 : 8).showPoints(common.VisibilityMode.Never);
  if (stacked) built.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
  if (thresholds) {
    built.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  }
  return built;
}

function target({ expr, legend, exemplar = false }: Query, index: number): v2.TargetBuilder {
  const query = new QueryBuilder().datasource(PROMETHEUS).expr(expr).legendFormat(legend).exemplar(exemplar).range();
  return new v2.TargetBuilder().refId(refId(index)).query(query);
}

function variable({ name, label, query, all }: Variable): v2.QueryVariableBuilder {
  return new v2.QueryVariableBuilder(name)
    .label(label)
    .query(spec("prometheus", PROMETHEUS, { query, refId: `variable-${name}` }))
    .definition(query)
    .multi(true)
    .includeAll(true)
    .allValue(all)
    .current({ text: ["All"], value: ["$__all"] })
    .refresh(v2.VariableRefresh.OnTimeRangeChanged)
    .sort(v2.VariableSort.AlphabeticalAsc);
}

function deployments(): v2.AnnotationQueryBuilder {
  const query = { type: "tags", tags: [DEPLOY_TAG], matchAny: true, limit: 100 };
  return new v2.AnnotationQueryBuilder()
    .name("Deployments")
    .enable(true)
    .iconColor("blue")
    .query(spec("grafana", { name: "-- Grafana --" }, query));
}

function newVersions(): v2.AnnotationQueryBuilder {
  return new v2.AnnotationQueryBuilder()
    .name("New versions")
    .enable(true)
    .iconColor("purple")
    .query(new QueryBuilder().datasource(PROMETHEUS).expr(DEPLOYS))
    .legacyOptions({ expr: DEPLOYS, step: "60s", titleFormat: "{{job}} {{service_version}}" });
}

/** A query that the SDK has no builder for. */
function spec(group: string, datasource: { name: string }, spec: object): { build(): v2.DataQueryKind } {
  return { build: () => ({ kind: "DataQuery", group, version: "v0", datasource, spec }) };
}
