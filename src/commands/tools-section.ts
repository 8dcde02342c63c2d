import { documentTables } from '../baselines/document-tables.ts';
import type { Baseline } from '../model/baseline.ts';
import type { FigureReadings } from '../model/condition-readings.ts';
import type { LiveSnapshot } from '../model/live-snapshot.ts';
import type { ErrorRow, PageTools } from '../model/page-tools.ts';
import { labelledName } from '../model/series-name.ts';
import { judgeTools } from '../rules/judge-tools.ts';

const HOUR_MS = 3_600_000;
const documentErrors: Readonly<Record<string, number>> = documentTables.sustained.errors;
const documentTotal = Object.values(documentErrors).reduce((sum, count) => sum + count, 0);

function documentShare(errorType: string): number | null {
  const count = documentErrors[errorType];
  return count === undefined || documentTotal === 0 ? null : count / documentTotal;
}

/** What fails, by type and fault: since the start, and of the last hour. */
function breakdown(
  types: ReadonlyMap<string, number>,
  { total }: Pick<FigureReadings, 'total'>,
): readonly ErrorRow[] {
  const rows = [...types].map(([key, count]) => {
    const at = key.lastIndexOf(':');
    const lastHour = total(labelledName('error_type_rate', key), HOUR_MS);
    return {
      errorType: key.slice(0, at),
      fault: key.slice(at + 1) === 'client' ? ('client' as const) : ('server' as const),
      count,
      lastHour: lastHour === undefined ? null : Math.round(lastHour),
    };
  });
  const all = rows.reduce((sum, { lastHour }) => sum + (lastHour ?? 0), 0);
  return rows
    .map((row): ErrorRow => ({
      ...row,
      share: all === 0 || row.lastHour === null ? null : row.lastHour / all,
      documentShare: documentShare(row.errorType),
    }))
    .toSorted((one, other) => (other.lastHour ?? 0) - (one.lastHour ?? 0) || other.count - one.count);
}

/** The section of the tools. */
export function toolsSection(
  live: LiveSnapshot,
  errorTypes: ReadonlyMap<string, number>,
  baseline: Baseline,
  readings: FigureReadings,
): PageTools {
  return {
    ...judgeTools(live, baseline, readings),
    errors: live.errors,
    breakdown: breakdown(errorTypes, readings),
  };
}
