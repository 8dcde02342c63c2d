import type { BenchScope, ExpectedFigure, ProfileExpectation } from '../model/bench-figure.ts';
import type { BaselineInForce } from './baseline-in-force.ts';
import type { BaselineTables } from './baseline-schema.ts';
import type { OwnBaseline } from './check-baseline.ts';
import { documentTables } from './document-tables.ts';
import { GIB } from './gib.ts';

/** The tables in force, what of them is the user's own, and what they come to for the stated set-up. */
export interface BaselineFigures extends BaselineInForce {
  readonly tables: BaselineTables;
  readonly own: OwnBaseline;
}

/** What has to be known of a profile to say what to expect of it. */
export interface RunProfile {
  readonly name: string;
  /** Rate of an open loop, requests a second. */
  readonly intendedPerSecond?: number;
}

type Known = Readonly<Partial<Record<ExpectedFigure['measure'], number | undefined>>>;

const RUN = { of: 'run' } as const;

/** One figure for each measure that the table states. */
const stated = (source: string, scope: BenchScope, known: Known): ExpectedFigure[] =>
  // Object.entries widens the keys of a literal that the compiler has just checked.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  (Object.entries(known) as [ExpectedFigure['measure'], number | undefined][]).flatMap(([measure, value]) =>
    value === undefined ? [] : [{ scope, measure, value, source }],
  );

/** Where a single result or a tool comes from: a user's own figures and the document's stand side by side. */
function sourceOf(isOwn: boolean, own: string | undefined, document: string | undefined): string {
  return isOwn ? (own ?? 'own baseline file') : (document ?? 'baseline');
}

/** Baseline Results, moved to the stated set-up; of an open loop no more than its own rate can be expected. */
function standardResults({ baseline, own }: BaselineFigures, profile: RunProfile): ExpectedFigure[] {
  const { results = {} } = own;
  const source = (field: keyof BaselineTables['results']) =>
    sourceOf(field in results, results.source, documentTables.results.source);
  const { throughputPerSecond: capacity, latency } = baseline;
  const { intendedPerSecond } = profile;
  const isBound = intendedPerSecond !== undefined && intendedPerSecond < capacity;
  return [
    ...stated(isBound ? `rate of the profile ${profile.name}` : source('throughputPerSecond'), RUN, {
      throughput: isBound ? intendedPerSecond : capacity,
    }),
    ...stated(source('p50Ms'), RUN, { p50: latency.p50Ms }),
    ...stated(source('p95Ms'), RUN, { p95: latency.p95Ms }),
    ...stated(source('p99Ms'), RUN, { p99: latency.p99Ms }),
    ...stated(source('p999Ms'), RUN, { 'p99.9': latency.p999Ms }),
    ...stated(source('errorRatio'), RUN, { errors: baseline.errorRatio }),
    ...stated(source('cpuRatio'), RUN, { cpu: baseline.cpuRatio }),
    ...stated(source('memoryGib'), RUN, { memory: baseline.memoryBytes }),
  ];
}

/** What is expected of each tool: latency in any mix, throughput only where it was driven alone. */
function tools({ baseline, own }: BaselineFigures, isAlone: boolean): ExpectedFigure[] {
  return [...baseline.tools].flatMap(([tool, expected]) => {
    const isOwn = own.tools !== undefined && Object.hasOwn(own.tools, tool);
    const source = sourceOf(isOwn, own.tools?.[tool]?.source, documentTables.tools[tool]?.source);
    const { p50Ms, p95Ms, p99Ms, p999Ms } = expected.latency;
    const batches = (expected.batches ?? []).flatMap(({ size, batchesPerSecond, latency }) =>
      stated(
        source,
        { of: 'tool', tool, batchSize: size },
        {
          ...(isAlone && { throughput: batchesPerSecond }),
          p50: latency.p50Ms,
          p95: latency.p95Ms,
          p99: latency.p99Ms,
          'p99.9': latency.p999Ms,
        },
      ),
    );
    return [
      ...stated(
        source,
        { of: 'tool', tool },
        {
          ...(isAlone && { throughput: expected.throughputPerSecond }),
          p50: p50Ms,
          p95: p95Ms,
          p99: p99Ms,
          'p99.9': p999Ms,
        },
      ),
      ...batches,
    ];
  });
}

function sustained({ sustained: table }: BaselineTables): ExpectedFigure[] {
  const { min, p50Ms, p75, p90, p95Ms, p99Ms, p999Ms, max } = table.latencyMs;
  return stated(table.source ?? 'sustained', RUN, {
    throughput: table.requestsPerSecond,
    min,
    p50: p50Ms,
    p75,
    p90,
    p95: p95Ms,
    p99: p99Ms,
    'p99.9': p999Ms,
    max,
    errors: table.failedRequests / table.totalRequests,
    cpu: table.cpuRatio.average,
    memory: table.memoryGib.average * GIB,
  });
}

function spike({ spike: table }: BaselineTables): ExpectedFigure[] {
  const source = table.source ?? 'spike';
  return [
    ...stated(source, RUN, { recovery: table.recoverySeconds }),
    ...table.phases.flatMap(({ phase, actualPerSecond, p99Ms, errorRatio }) =>
      stated(source, { of: 'phase', phase }, { throughput: actualPerSecond, p99: p99Ms, errors: errorRatio }),
    ),
  ];
}

function endurance({ endurance: table }: BaselineTables): ExpectedFigure[] {
  return table.rows.flatMap(({ hour, throughputPerSecond, p99Ms, memoryGib, connections, errorRatio }) =>
    stated(
      table.source ?? 'endurance',
      { of: 'hour', hour },
      {
        throughput: throughputPerSecond,
        p99: p99Ms,
        memory: memoryGib * GIB,
        connections,
        errors: errorRatio,
      },
    ),
  );
}

function autoscaling({ autoscaling: table }: BaselineTables): ExpectedFigure[] {
  const source = table.source ?? 'autoscaling';
  return [
    ...stated(source, RUN, { p99: table.p99Ms }),
    ...table.rows.flatMap(({ minute, requestsPerSecond, instances, cpuRatio }) =>
      stated(source, { of: 'minute', minute }, { throughput: requestsPerSecond, instances, cpu: cpuRatio }),
    ),
  ];
}

function scaling({ horizontal: table }: BaselineTables): ExpectedFigure[] {
  return table.rows.flatMap(({ instances, throughputPerSecond, efficiencyRatio, p99Ms }) =>
    stated(
      table.source ?? 'horizontal',
      { of: 'instances', instances },
      {
        throughput: throughputPerSecond,
        efficiency: efficiencyRatio,
        p99: p99Ms,
      },
    ),
  );
}

function sustainedShares({ sustained: { errors } }: BaselineTables): Record<string, number> {
  const all = Object.values(errors).reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(
    Object.entries(errors).map(([kind, count]) => [kind, all === 0 ? 0 : count / all]),
  );
}

const NO_TABLE =
  'The document has no table of results for this level of load: it is held against Baseline Results.';
const OWN_PROFILE = 'The document has no such profile: it is held against Baseline Results.';

/**
 * What the tables in force let expect of a load test. Each documented load test is held against its own table, as it
 * stands; everything else against Baseline Results, moved to the stated set-up.
 */
export function expectProfile(figures: BaselineFigures, profile: RunProfile): ProfileExpectation {
  const { tables } = figures;
  switch (profile.name) {
    case 'light':
    case 'medium':
    case 'heavy':
    case 'extreme':
      return {
        figures: [...standardResults(figures, profile), ...tools(figures, false)],
        remarks: [NO_TABLE],
      };
    case 'sustained':
      return {
        figures: [...sustained(tables), ...tools(figures, false)],
        errorShares: sustainedShares(tables),
        remarks: [],
      };
    case 'spike':
      return { figures: spike(tables), remarks: [] };
    case 'endurance':
      return { figures: endurance(tables), remarks: [] };
    case 'autoscaling':
      return { figures: autoscaling(tables), remarks: [] };
    case 'scaling':
      return { figures: scaling(tables), remarks: [] };
    case 'tools':
      return { figures: tools(figures, true), remarks: [] };
    default:
      return {
        figures: [...standardResults(figures, profile), ...tools(figures, false)],
        remarks: [OWN_PROFILE],
      };
  }
}
