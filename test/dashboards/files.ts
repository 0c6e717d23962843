// The dashboards as they are in dashboards/, read as Grafana does.
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../dashboards/", import.meta.url);

/** A query of a panel. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly exemplar: boolean;
  readonly datasource: { readonly type: string; readonly uid: string };
}

/** A panel, or a row, which has no queries. */
export interface PanelFile {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string; readonly links?: readonly { url: string }[] } };
}

/** A variable of a dashboard. */
export interface VariableFile {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
  readonly datasource?: { readonly uid: string };
}

/** A dashboard of the classic form. */
export interface DashboardFile {
  readonly id: null;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly editable: boolean;
  readonly timezone: string;
  readonly refresh: string;
  readonly panels: readonly PanelFile[];
  readonly templating: { readonly list: readonly VariableFile[] };
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
}

/** A dashboard of the form v2, as far as it is compared with the classic one. */
export interface ResourceFile {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly title: string;
    readonly elements: Readonly<
      Record<
        string,
        {
          readonly spec: {
            readonly title: string;
            readonly data: { readonly spec: { readonly queries: readonly ResourceQuery[] } };
            readonly vizConfig: { readonly spec: { readonly fieldConfig: { readonly defaults: { unit: string } } } };
          };
        }
      >
    >;
    readonly variables: readonly { readonly spec: { readonly name: string } }[];
    readonly layout: { readonly spec: { readonly rows: readonly ResourceRow[] } };
  };
}

interface ResourceQuery {
  readonly spec: {
    readonly query: { readonly datasource: { readonly name: string }; readonly spec: { expr: string } };
  };
}

interface ResourceRow {
  readonly spec: {
    readonly title: string;
    readonly layout: { readonly spec: { readonly items: readonly { spec: { element: { name: string } } }[] } };
  };
}

/** The names of the files in both forms. */
export const names: readonly string[] = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

export function read(name: string): DashboardFile {
  return JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as DashboardFile;
}

export function readV2(name: string): ResourceFile {
  return JSON.parse(readFileSync(new URL(`v2/${name}`, FOLDER), "utf8")) as ResourceFile;
}
