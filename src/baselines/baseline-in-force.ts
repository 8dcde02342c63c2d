import type { Baseline, LatencyBaseline } from '../model/baseline.ts';
import { PERCENTILES } from '../model/baseline.ts';
import type { ServerSetUp } from '../model/server-set-up.ts';
import type { Tier } from '../model/tier.ts';
import type { BaselineTables } from './baseline-schema.ts';
import type { OwnBaseline } from './check-baseline.ts';
import { expectation, type Expectation } from './expectation.ts';
import { tierOf } from './tier-of.ts';
import { toBaseline } from './to-baseline.ts';

/** What a server is held against. */
export interface BaselineInForce {
  readonly baseline: Baseline;
  /** Absent where no tier is stated. */
  readonly tier?: Tier;
  readonly expectation: Expectation;
}

/** Percentiles times a factor, to a tenth of a millisecond: an estimate has no more places. */
function scaled(latency: LatencyBaseline, factor: number, own: object): LatencyBaseline {
  const entries = PERCENTILES.flatMap(({ field }) => {
    const ms = latency[field];
    if (ms === undefined) return [];
    return [[field, field in own ? ms : Math.round(ms * factor * 10) / 10] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * The baseline of one server: the tables' standard configuration, moved to the stated set-up. What the user's own
 * file states of results and tools is taken as measured on this very server, and never moved.
 */
export function baselineInForce(
  tables: BaselineTables,
  own: OwnBaseline,
  setUp: ServerSetUp,
): BaselineInForce {
  const standard = toBaseline(tables);
  const expected = expectation(tables, setUp);
  const ownResults = own.results ?? {};
  const pick = (field: keyof BaselineTables['results'], stated: number, estimate: number): number =>
    field in ownResults ? stated : estimate;
  const slower = expected.p99Ms.value / expected.p99Ms.standard;
  const faster = expected.throughputPerSecond.value / expected.throughputPerSecond.standard;
  const tools = [...standard.tools].map(([name, tool]) => {
    if (own.tools && Object.hasOwn(own.tools, name)) return [name, tool] as const;
    const { throughputPerSecond, latency, batches } = tool;
    return [
      name,
      {
        ...(throughputPerSecond !== undefined && { throughputPerSecond: throughputPerSecond * faster }),
        latency: scaled(latency, slower, {}),
        ...(batches && {
          batches: batches.map((batch) => ({
            ...batch,
            batchesPerSecond: batch.batchesPerSecond * faster,
            latency: scaled(batch.latency, slower, {}),
          })),
        }),
      },
    ] as const;
  });
  const baseline: Baseline = {
    ...standard,
    throughputPerSecond: pick(
      'throughputPerSecond',
      standard.throughputPerSecond,
      expected.throughputPerSecond.value,
    ),
    latency: scaled(standard.latency, slower, ownResults),
    cpuRatio: pick('cpuRatio', standard.cpuRatio, expected.cpuRatio.value),
    memoryBytes: pick('memoryGib', standard.memoryBytes, expected.memoryBytes.value),
    cacheHitRatio: pick('cacheHitRatio', standard.cacheHitRatio, expected.cacheHitRatio.value),
    tools: new Map(tools),
  };
  const row = tables.tiers.rows.find(({ tier }) => tier === setUp.tier);
  return { baseline, ...(row && { tier: tierOf(row, setUp.instances) }), expectation: expected };
}
