import type { Block, Piece } from './bench-document.ts';
import type { BenchReport } from './bench-report.ts';
import { changeBlocks } from './change-table.ts';
import type { ProfileComparison } from './compare-with-baseline.ts';
import type { ReportChange } from './compare-reports.ts';
import { partTables, runTable, sourceLines } from './figure-tables.ts';
import { remarkLines, setUpLines } from './run-lines.ts';

/** All that a report of `bench` says. */
export interface BenchFindings {
  readonly report: BenchReport;
  readonly comparisons: readonly ProfileComparison[];
  /** Beside an earlier report, and that one's name. */
  readonly change?: { readonly from: string; readonly found: ReportChange };
  /** Thresholds that do not hold, one line each. */
  readonly breaches: readonly string[];
}

function profileBlocks(comparison: ProfileComparison): Block[] {
  return [
    { kind: 'heading', text: comparison.profile },
    { kind: 'lines', lines: setUpLines(comparison) },
    runTable(comparison),
    ...partTables(comparison),
    { kind: 'lines', lines: [...remarkLines(comparison), ...sourceLines(comparison)] },
  ];
}

/** A report piece by piece, in the order in which it is read. */
export function reportBlocks({ report, comparisons, change, breaches }: BenchFindings): readonly Block[] {
  return [
    ...comparisons.flatMap(profileBlocks),
    ...(change === undefined ? [] : changeBlocks(change.found, change.from)),
    ...(report.warnings.length === 0
      ? []
      : [
          { kind: 'heading', text: 'Warnings' } as const,
          { kind: 'lines', lines: report.warnings.map((text): Piece => ({ text, tone: 'bad' })) } as const,
        ]),
    ...(breaches.length === 0
      ? []
      : [
          { kind: 'heading', text: 'Thresholds that do not hold' } as const,
          { kind: 'lines', lines: breaches.map((text): Piece => ({ text, tone: 'bad' })) } as const,
        ]),
  ];
}
