// The classic form, which every Grafana reads.
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { DEPLOYS, DEPLOY_TAG, TAG, spansUrl, uidOf } from "./links.ts";
import { place, refId } from "./model.ts";
import type { Board, Placed, Query, Variable } from "./model.ts";
import { steps } from "./thresholds.ts";

const PROMETHEUS: common.DataSourceRef = { type: "prometheus", uid: "${datasource}" };
/** Grafana's own annotations. */
const GRAFANA: common.DataSourceRef = { type: "grafana", uid: "-- Grafana --" };
const ROW_HEIGHT = 1;

/** A dashboard as JSON for import and provisioning. */
export function classic(board: Board): object {
  const built = new dashboard.DashboardBuilder(board.title)
    .uid(uidOf(board))
    .description(board.description)
    .tags([TAG])
    .readonly()
    .timezone("browser")
    .refresh("1m")
    .time({ from: "now-3h", to: "now" })
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .variables([
      new dashboard.DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
      ...board.variables.map(variable),
      new dashboard.DatasourceVariableBuilder("jaeger").label("Traces").type("jaeger"),
    ])
    .annotation(
      new dashboard.AnnotationQueryBuilder()
        .name("Deployments")
        .datasource(GRAFANA)
        .enable(true)
        .iconColor("blue")
        .target(tagged()),
    )
    .annotation(
      new dashboard.AnnotationQueryBuilder()
        .name("New versions")
        .datasource(PROMETHEUS)
        .enable(true)
        .iconColor("purple")
        .expr(DEPLOYS)
        .step("60s")
        .titleFormat("{{job}} {{service_version}}"),
    )
    .link(
      new dashboard.DashboardLinkBuilder("WebSocket")
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .keepTime(true),
    );
  let [id, top] = [1, 0];
  for (const { title, panels } of board.rows) {
    built.withRow(new dashboard.RowBuilder(title).id(id).gridPos({ x: 0, y: top, w: 24, h: ROW_HEIGHT }));
    const placed = place(panels, id + 1);
    for (const one of placed) built.withPanel(panel(one, top + ROW_HEIGHT));
    id += panels.length + 1;
    top += ROW_HEIGHT + Math.max(...placed.map(({ y, height }) => y + height));
  }
  // Grafana gives the number of its own database.
  return { ...built.build(), id: null };
}

function panel({ panel, id, x, y, width, height }: Placed, top: number): StatBuilder | TimeseriesBuilder {
  const { kind = "timeseries", queries, spans, max, stacked = false } = panel;
  const built = kind === "stat" ? stat() : timeseries(stacked, panel.thresholds !== undefined);
  built
    .id(id)
    .title(panel.title)
    .description(panel.description)
    .datasource(PROMETHEUS)
    .unit(panel.unit)
    .min(0)
    .thresholds(new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(steps(panel)))
    .gridPos({ x, y: top + y, w: width, h: height })
    .targets(queries.map(target));
  if (max !== undefined) built.max(max);
  if (spans !== undefined) {
    built.dataLinks([new dashboard.DashboardLinkBuilder("Spans in Jaeger").url(spansUrl(panel)).targetBlank(true)]);
  }
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

function target({ expr, legend, exemplar = false }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(refId(index))
    .datasource(PROMETHEUS)
    .expr(expr)
    .legendFormat(legend)
    .exemplar(exemplar)
    .range();
}

function variable({ name, label, query, all }: Variable): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .query(query)
    .datasource(PROMETHEUS)
    .multi(true)
    .includeAll(true)
    .allValue(all)
    .current({ text: ["All"], value: ["$__all"] })
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
}

/** Annotations that a deployment writes with Grafana's HTTP API. The builder takes queries of other kinds alone. */
function tagged(): Builder<Dataquery> {
  const target: dashboard.AnnotationTarget = { type: "tags", tags: [DEPLOY_TAG], matchAny: true, limit: 100 };
  return { build: () => ({ ...target, _implementsDataqueryVariant() {} }) };
}
