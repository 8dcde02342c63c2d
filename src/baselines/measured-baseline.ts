import { scopeText } from '../model/bench-figure.ts';
import type { BaselineFigures } from './expect-profile.ts';
import {
  figureReader,
  gibOf,
  percentiles,
  positive,
  present,
  shareOf,
  type MeasuredProfile,
} from './measured-profile.ts';
import { endurance, horizontal, spike, sustained, type BuildTable } from './measured-tables.ts';

/** A user's own figures as a baseline file holds them, and what had to be left as it was. */
export interface MeasuredBaseline {
  readonly own: Readonly<Record<string, unknown>>;
  readonly remarks: readonly string[];
  /** Why it must not become a baseline. */
  readonly problems: readonly string[];
}

/** Share of failed requests above which nobody wants to be held to what was measured. */
const MOST_ERRORS = 0.05;
/** Requests that a P99.9 needs to rest on more than a few of them. */
const ENOUGH_REQUESTS = 10_000;

const DOCUMENTED_TESTS = new Set(['sustained', 'spike', 'endurance', 'autoscaling', 'scaling', 'tools']);

/** The test that says most about the server as a whole: what it can do at most, or else what it does at a rate. */
function fullest(profiles: readonly MeasuredProfile[]): MeasuredProfile | undefined {
  const general = profiles.filter(({ profile }) => !DOCUMENTED_TESTS.has(profile));
  const closed = general.filter(({ loop }) => loop === 'closed');
  const candidates =
    closed.length > 0
      ? closed
      : general.length > 0
        ? general
        : profiles.filter(({ profile }) => profile === 'sustained');
  const rate = (profile: MeasuredProfile) => figureReader(profile)('throughput') ?? 0;
  return candidates.toSorted((a, b) => rate(b) - rate(a))[0];
}

function results(measured: MeasuredProfile, source: string): Record<string, unknown> {
  const read = figureReader(measured);
  return present({
    source: `${source}, profile ${measured.profile}`,
    throughputPerSecond: read('throughput'),
    ...percentiles(read),
    errorRatio: positive(read('errors')),
    cpuRatio: shareOf(read('cpu')),
    memoryGib: gibOf(read('memory')),
  });
}

/** The tools of all tests; one that was driven alone goes before the same one in a mix. */
function tools({ tables, own }: BaselineFigures, profiles: readonly MeasuredProfile[], source: string) {
  const inOrder = profiles.toSorted((a, b) => Number(a.profile === 'tools') - Number(b.profile === 'tools'));
  const found: Record<string, unknown> = { ...own.tools };
  for (const measured of inOrder) {
    const read = figureReader(measured);
    const isAlone = measured.profile === 'tools';
    const scopes = new Map(
      measured.figures.flatMap(({ scope }) =>
        scope.of === 'tool' ? [[scopeText(scope), scope] as const] : [],
      ),
    );
    for (const [tool, ofTool] of Map.groupBy(scopes.values(), (scope) => scope.tool)) {
      const inForce = Object.hasOwn(tables.tools, tool) ? tables.tools[tool] : undefined;
      const sizes = ofTool.flatMap(({ batchSize }) => batchSize ?? []).toSorted((a, b) => a - b);
      const whole = ofTool.find(({ batchSize }) => batchSize === undefined);
      const batches = sizes.flatMap((size) => {
        const scope = { of: 'tool', tool, batchSize: size } as const;
        const row = { size, batchesPerSecond: read('throughput', scope), p99Ms: read('p99', scope) };
        return row.batchesPerSecond === undefined || row.p99Ms === undefined ? [] : [row];
      });
      // A mix cannot say what a batch of a certain size takes.
      if (whole === undefined ? batches.length === 0 : read('p99', whole) === undefined) continue;
      if (!isAlone && inForce?.batches !== undefined) continue;
      const {
        p50Ms,
        p95Ms,
        p99Ms,
        p999Ms,
        batches: _rows,
        throughputPerSecond,
        source: _source,
        ...facts
      } = inForce ?? {};
      Object.defineProperty(found, tool, {
        value: present({
          source: `${source}, profile ${measured.profile}`,
          ...facts,
          throughputPerSecond: isAlone && whole ? read('throughput', whole) : throughputPerSecond,
          ...(whole ? percentiles(read, whole) : { p50Ms, p95Ms, p99Ms, p999Ms }),
          ...(batches.length > 0 && { batches }),
        }),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  }
  return found;
}

/**
 * The baseline that load tests make of the one in force: what they measured, on top of the user's own figures. What they
 * did not measure is left out, so that it stays what the document says, moved to the set-up that is stated.
 * @param source begins each table's `source`, e.g. `mcp-vitals bench 2026-11-27`.
 */
export function measuredBaseline(
  inForce: BaselineFigures,
  profiles: readonly MeasuredProfile[],
  source: string,
): MeasuredBaseline {
  const remarks: string[] = [];
  const problems: string[] = [];
  const own: Record<string, unknown> = { ...inForce.own };
  const general = fullest(profiles);
  if (general === undefined) remarks.push('results: kept, no profile measured the server as a whole');
  else {
    own['results'] = { ...inForce.own.results, ...results(general, source) };
    const read = figureReader(general);
    if (positive(read('errors')) === undefined) remarks.push('results.errorRatio: kept, no request failed');
    const errors = read('errors') ?? 0;
    if (errors > MOST_ERRORS) {
      problems.push(
        `want at most ${MOST_ERRORS * 100} % of requests to fail in what becomes a baseline, got ${Number((errors * 100).toPrecision(3))} % in ${general.profile}`,
      );
    }
    if (general.requests < ENOUGH_REQUESTS) {
      remarks.push(
        `results.p999Ms: of ${general.requests.toLocaleString('en-US')} requests, it wants ${ENOUGH_REQUESTS.toLocaleString('en-US')} or more`,
      );
    }
    if (read('cpu') === undefined)
      remarks.push('results.cpuRatio and memoryGib: kept, the process was not watched');
  }
  const table = (name: string, profile: string, build: BuildTable, why: string): void => {
    const measured = profiles.find((each) => each.profile === profile);
    if (measured === undefined) return;
    const built = build(inForce, measured, source);
    if (built === undefined) remarks.push(`${name}: kept, ${why}`);
    else own[name] = built;
  };
  table('sustained', 'sustained', sustained, 'no request was answered');
  table('spike', 'spike', spike, 'a phase was not answered or the server did not recover');
  table('endurance', 'endurance', endurance, 'memory and connections were not watched in every hour');
  table('horizontal', 'scaling', horizontal, 'not every number of instances was answered');
  const byTool = tools(inForce, profiles, source);
  if (Object.keys(byTool).length > 0) own['tools'] = byTool;
  if (profiles.some(({ profile }) => profile === 'autoscaling')) {
    remarks.push('autoscaling: kept, its table is of the scaler and not of the load');
  }
  return { own, remarks, problems };
}
