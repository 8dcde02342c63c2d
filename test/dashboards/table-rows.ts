import { z } from 'zod';
import type { PanelFile } from './dashboard-file.ts';
import type { PanelData } from './panel-data.ts';

/** A table after its transformations: heads and rows, cells by column. */
export interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

const organize = z.object({
  indexByName: z.record(z.string(), z.number()),
  renameByName: z.record(z.string(), z.string()),
});
const filter = z.object({ include: z.object({ names: z.array(z.string()) }) });

type Row = Map<string, string | number>;
type Cells = Table['rows'][number];

/** Rows of a query: its labels, and its value by the name that Grafana gives it. */
function rowsOf(data: PanelData, refId: string, isOnly: boolean): Row[] {
  return data.series
    .filter((series) => series.refId === refId)
    .map(({ labels, points }): Row => {
      const last = points.at(-1);
      return new Map<string, string | number>([
        ...Object.entries(labels),
        ...(last ? [[isOnly ? 'Value' : `Value #${refId}`, last[1]] as [string, number]] : []),
      ]);
    });
}

/** Grafana's transformation `merge`: rows are one where all columns that every query has are equal. */
function merge(tables: readonly Row[][]): Row[] {
  const filled = tables.filter((rows) => rows.length > 0);
  const names = filled.map((rows) => new Set(rows.flatMap((row) => [...row.keys()])));
  const shared = [...(names[0] ?? [])].filter((name) => names.every((each) => each.has(name)));
  const merged = new Map<string, Row>();
  for (const row of filled.flat()) {
    const key = JSON.stringify(shared.map((name) => row.get(name) ?? ''));
    merged.set(key, new Map([...(merged.get(key) ?? []), ...row]));
  }
  return [...merged.values()];
}

/** What a table panel shows of its data, by the transformations that its JSON names. */
export function tableRows(panel: PanelFile, data: PanelData): Table {
  const of = (id: string) => panel.transformations.find((each) => each.id === id)?.options;
  if (of('merge') === undefined) throw new Error(`${panel.title}: want the transformation merge, got none`);
  const { include } = filter.parse(of('filterFieldsByName'));
  const { indexByName, renameByName } = organize.parse(of('organize'));
  const isOnly = panel.targets.length === 1;
  const rows = merge(panel.targets.map(({ refId }) => rowsOf(data, refId, isOnly)));
  const there = new Set(rows.flatMap((row) => [...row.keys()]));
  const columns = include.names
    .filter((name) => there.has(name))
    .toSorted((a, b) => (indexByName[a] ?? 0) - (indexByName[b] ?? 0));
  const heads = columns.map((name) => renameByName[name] ?? name);
  const cells = rows.map((row) => columns.map((name) => row.get(name)));
  const [sort] = panel.options.sortBy ?? [];
  const by = sort ? heads.indexOf(sort.displayName) : -1;
  const compare = (a: Cells, b: Cells): number => {
    const [left, right] = [a[by], b[by]];
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return typeof left === typeof right
      ? String(left).localeCompare(String(right))
      : typeof left === 'number'
        ? 1
        : -1;
  };
  const turn = sort?.desc ? -1 : 1;
  return { heads, rows: by < 0 ? cells : cells.toSorted((a, b) => turn * compare(a, b)) };
}
