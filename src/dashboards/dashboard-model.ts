import type { DashboardUid } from '../model/dashboard-uid.ts';

/** Units of Grafana that the panels use. */
export type Unit =
  | 'reqps'
  | 'cps'
  | 'ops'
  | 's'
  | 'bytes'
  | 'bps'
  | 'percentunit'
  | 'short'
  | 'none'
  | 'currencyUSD'
  | 'dateTimeFromNow';

/** Colours by their meaning; the text beside them says the same. */
export type Color = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple' | 'text';

/** From which value on which colour holds; the first has none and holds below all others. */
export type Steps = readonly [base: Color, ...above: readonly (readonly [from: number, color: Color])[]];

/** What a line is: measured, what it is held against, or what it must not reach. */
export type Role = 'live' | 'reference' | 'limit';

/** A query to Prometheus. */
export interface Query {
  readonly expr: string;
  /** Name of the line, the bar or the value: a template over labels; of a table the head of its column. */
  readonly name: string;
  readonly role?: Role;
  /** Other than the panel's; a line of another unit has its axis on the right. */
  readonly unit?: Unit;
  readonly decimals?: number;
  readonly thresholds?: Steps;
  /** Whether single calls are marked that have a trace. */
  readonly exemplars?: true;
}

/** Where to look next. */
export type PanelLink =
  | { readonly to: 'runbook'; readonly alert: string }
  | { readonly to: 'dashboard'; readonly uid: DashboardUid };

/** A value that is a word. */
export interface Mapping {
  readonly value: number;
  readonly text: string;
  readonly color: Color;
}

interface PanelBase {
  /** A statement of what is seen. */
  readonly title: string;
  /** What good looks like, and where the figures come from. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly [Query, ...Query[]];
  readonly link: PanelLink;
  /** Columns of the 24 that a row has. */
  readonly width: number;
  /** Rows of about 30 pixels. */
  readonly height: number;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly thresholds?: Steps;
  readonly mappings?: readonly Mapping[];
  /** What stands there when nothing is found. */
  readonly nothing?: string;
}

/** A panel: what is drawn, how, and why. */
export type PanelDeclaration = PanelBase &
  (
    | {
        readonly kind: 'timeseries';
        readonly stacked?: true;
        readonly logarithmic?: true;
        readonly bars?: true;
      }
    /** The last value of each query, large. */
    | { readonly kind: 'stat'; readonly layout?: 'horizontal' | 'vertical' }
    | { readonly kind: 'bargauge' }
    /** Queries become columns, joined by the labels that all of them have. */
    | {
        readonly kind: 'table';
        readonly labels: readonly (readonly [label: string, head: string])[];
        /** Head of the column to sort by, largest first or, by words, from A. */
        readonly sortBy?: string;
        readonly ascending?: true;
        /** Queries whose value says nothing, only their labels do. */
        readonly onlyLabels?: true;
      }
    | { readonly kind: 'state-timeline' }
    | { readonly kind: 'heatmap' }
  );

/** Panels under a heading. */
export interface RowDeclaration {
  readonly title: string;
  readonly panels: readonly PanelDeclaration[];
}

/** A variable beside those that every dashboard has (datasource, job, server, instance). */
export type ExtraVariable = 'tool' | 'hpa';

/** A dashboard. */
export interface DashboardDeclaration {
  readonly uid: DashboardUid;
  readonly title: string;
  readonly description: string;
  /** What it answers, for the documentation. */
  readonly questions: readonly string[];
  readonly variables: readonly ExtraVariable[];
  /** How far back it looks at first, e.g. `now-1h`. */
  readonly from: string;
  readonly rows: readonly RowDeclaration[];
}
