import { TableCellHeight, TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DataTransformerConfig, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Query } from './dashboard-model.ts';
import { ownProperties, type DescribedPanel } from './describe-panel.ts';
import { refId } from './grafana-json.ts';

/** Grafana calls the values of a table by the query's letter, and of an only query by nothing. */
function heads({ labels, queries, onlyLabels }: DescribedPanel<'table'>) {
  const values = queries.flatMap(({ name }, n): [string, string][] => [
    ...(queries.length === 1 ? [['Value', name] as [string, string]] : []),
    [`Value #${refId(n)}`, name],
  ]);
  return {
    labels: labels.map(([label, head]): [string, string] => [label, head]),
    values: onlyLabels ? [] : values,
  };
}

/** Joins the queries by the labels that all of them have, shows the columns that are declared, in their order. */
function transformations(panel: DescribedPanel<'table'>): DataTransformerConfig[] {
  const { labels, values } = heads(panel);
  const columns = [...labels, ...values];
  return [
    { id: 'merge', options: {} },
    {
      id: 'filterFieldsByName',
      options: { include: { names: columns.map(([field]) => field) } },
    },
    {
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(columns.map(([field], index) => [field, index])),
        renameByName: Object.fromEntries(columns),
      },
    },
  ];
}

/** A column's own unit and thresholds; what has thresholds is coloured, beside its figure. */
function columnProperties(query: Query): DynamicConfigValue[] {
  const own = ownProperties(query);
  return query.thresholds === undefined
    ? own
    : [...own, { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } }];
}

/** Figures by label, each query a column. */
export function toTable(panel: DescribedPanel<'table'>): PanelBuilder {
  const { queries, sortBy, ascending } = panel;
  const builder = new PanelBuilder()
    .cellHeight(TableCellHeight.Sm)
    .filterable(false)
    .transformations(transformations(panel));
  if (sortBy !== undefined)
    builder.sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(ascending !== true)]);
  for (const query of queries) {
    const own = columnProperties(query);
    if (own.length > 0) builder.overrideByName(query.name, own);
  }
  return builder;
}
