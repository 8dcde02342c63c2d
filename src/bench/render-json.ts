import type { BenchReport } from './bench-report.ts';
import { benchReportSchema } from './bench-report-schema.ts';

/** Names in the order of the alphabet, so that two reports can be held against each other line by line. */
function sorted(name: string, value: unknown): unknown {
  if (name !== 'errors' || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A report as JSON, its fields in the order of the schema; one that breaks the schema as it is, for it cost time to measure. */
export function renderBenchJson(report: BenchReport): string {
  const ordered = benchReportSchema.safeParse(report);
  return `${JSON.stringify(ordered.success ? ordered.data : report, sorted, 2)}\n`;
}
