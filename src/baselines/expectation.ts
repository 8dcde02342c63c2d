import type { ServerSetUp } from '../model/server-set-up.ts';
import type { BaselineTables } from './baseline-schema.ts';
import { GIB } from './gib.ts';
import { interpolate } from './interpolate.ts';

/** How one table moved a figure. */
export interface Step {
  /** Heading of the table. */
  readonly table: string;
  /** What was looked up, e.g. `8 workers`. */
  readonly row: string;
  /** What the figure is multiplied with: the row's value by that of the standard configuration. */
  readonly factor: number;
  /** False where a better factor of another table counts instead. */
  readonly counts: boolean;
  /** True where the table ends before the value looked up. */
  readonly beyond: boolean;
}

/** A figure with how it came about: the standard configuration's, times the factors that count. */
export interface Figure {
  readonly value: number;
  readonly standard: number;
  readonly steps: readonly Step[];
}

/** What to expect of a server with a certain set-up; an estimate of one instance, but for `totalPerSecond`. */
export interface Expectation {
  readonly throughputPerSecond: Figure;
  readonly p99Ms: Figure;
  readonly cpuRatio: Figure;
  readonly memoryBytes: Figure;
  readonly cacheHitRatio: Figure;
  /** Share of requests that wait for a connection of the pool. */
  readonly waitRatio: number;
  /** Requests per second of all instances together. */
  readonly totalPerSecond: number;
}

/** Factors of one set-up dimension, and where they stand. */
interface Effect {
  readonly table: string;
  readonly row: string;
  readonly beyond: boolean;
  readonly throughput?: number;
  readonly p99?: number;
  readonly cpu?: number;
  readonly memory?: number;
  readonly hit?: number;
}

type Measure = 'throughput' | 'p99' | 'cpu' | 'memory' | 'hit';

/** Factor of a column between the standard's row and another, by a numeric key. */
function along<Row>(rows: readonly Row[], x: (row: Row) => number, at: number, standard: number) {
  const read = (y: (row: Row) => number, where: number) =>
    interpolate(
      rows.map((row) => [x(row), y(row)] as const),
      where,
    );
  return {
    beyond: read(x, at).beyond,
    factor: (y: (row: Row) => number): number => read(y, at).value / read(y, standard).value,
  };
}

function hardware(tables: BaselineTables, vcpus: number): Effect {
  const { factor, beyond } = along(tables.vertical.rows, (row) => row.vcpus, vcpus, tables.environment.vcpus);
  return {
    table: tables.vertical.source ?? 'vertical',
    row: `${vcpus} vCPUs`,
    beyond,
    throughput: factor((row) => row.throughputPerSecond),
    p99: factor((row) => row.p99Ms),
  };
}

/** Workers count by vCPU: the table was measured on the standard's vCPUs. */
function workers(tables: BaselineTables, count: number, vcpus: number): Effect {
  const standard = tables.environment;
  const onStandard = (count * standard.vcpus) / vcpus;
  const { factor, beyond } = along(tables.workers.rows, (row) => row.workers, onStandard, standard.workers);
  const memory = along(tables.workers.rows, (row) => row.workers, count, standard.workers);
  return {
    table: tables.workers.source ?? 'workers',
    row: `${count} workers on ${vcpus} vCPUs`,
    beyond: beyond || memory.beyond,
    throughput: factor((row) => row.throughputPerSecond),
    p99: factor((row) => row.p99Ms),
    cpu: factor((row) => row.cpuRatio),
    memory: memory.factor((row) => row.memoryGib),
  };
}

function pool(tables: BaselineTables, size: number): Effect {
  const { factor, beyond } = along(
    tables.poolSizes.rows,
    (row) => row.size,
    size,
    tables.environment.poolSize,
  );
  return {
    table: tables.poolSizes.source ?? 'poolSizes',
    row: `${size} connections`,
    beyond,
    throughput: factor((row) => row.throughputPerSecond),
    p99: factor((row) => row.p99Ms),
  };
}

interface NamedRow {
  readonly throughputPerSecond: number;
  readonly p99Ms: number;
  readonly hitRatio?: number;
}

/** The row of a name against the standard's; none where the table has no such name. */
function named<Row extends NamedRow>(
  table: string,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  [name, standardName]: readonly [string, string],
): Effect | undefined {
  const row = rows.find((each) => nameOf(each) === name);
  const standard = rows.find((each) => nameOf(each) === standardName);
  if (row === undefined || standard === undefined) return undefined;
  return {
    table,
    row: name,
    beyond: false,
    throughput: row.throughputPerSecond / standard.throughputPerSecond,
    p99: row.p99Ms / standard.p99Ms,
    ...(row.hitRatio !== undefined &&
      standard.hitRatio !== undefined && { hit: row.hitRatio / standard.hitRatio }),
  };
}

const strategy = ({ cacheStrategies, environment }: BaselineTables, name: string) =>
  named(cacheStrategies.source ?? 'cacheStrategies', cacheStrategies.rows, (row) => row.strategy, [
    name,
    environment.cacheStrategy,
  ]);

const format = ({ serialization, environment }: BaselineTables, name: string) =>
  named(serialization.source ?? 'serialization', serialization.rows, (row) => row.format, [
    name,
    environment.serialization,
  ]);

function ttl(tables: BaselineTables, seconds: number): Effect {
  const { factor, beyond } = along(
    tables.cacheTtls.rows,
    (row) => row.ttlSeconds,
    seconds,
    tables.environment.cacheTtlSeconds,
  );
  return {
    table: tables.cacheTtls.source ?? 'cacheTtls',
    row: `TTL of ${seconds} s`,
    beyond,
    throughput: factor((row) => row.throughputPerSecond),
    hit: factor((row) => row.hitRatio),
  };
}

function instances(tables: BaselineTables, count: number): Effect {
  const { factor, beyond } = along(tables.horizontal.rows, (row) => row.instances, count, 1);
  return {
    table: tables.horizontal.source ?? 'horizontal',
    row: `${count} instances`,
    beyond,
    throughput: factor((row) => row.perInstancePerSecond),
    p99: factor((row) => row.p99Ms),
  };
}

function effects(tables: BaselineTables, setUp: ServerSetUp): Effect[] {
  const tier = tables.tiers.rows.find((row) => row.tier === setUp.tier);
  const vcpus = setUp.vcpus ?? tier?.vcpus;
  const count = setUp.workers ?? vcpus;
  const hasCache = setUp.cacheStrategy !== 'none';
  const found = [
    vcpus === undefined ? undefined : hardware(tables, vcpus),
    count === undefined ? undefined : workers(tables, count, vcpus ?? tables.environment.vcpus),
    setUp.poolSize === undefined ? undefined : pool(tables, setUp.poolSize),
    setUp.cacheStrategy === undefined ? undefined : strategy(tables, setUp.cacheStrategy),
    // Without a cache its TTL says nothing.
    setUp.cacheTtlSeconds === undefined || !hasCache ? undefined : ttl(tables, setUp.cacheTtlSeconds),
    setUp.serialization === undefined ? undefined : format(tables, setUp.serialization),
    setUp.instances === undefined ? undefined : instances(tables, setUp.instances),
  ];
  return found.filter((each) => each !== undefined);
}

/**
 * Multiplies losses, and of several gains counts the greatest alone: each table was measured with the rest at
 * its standard, so that two cures of the same bottleneck cannot be added.
 */
function combine(standard: number, all: readonly Effect[], measure: Measure): Figure {
  const isGain = (factor: number) => (measure === 'p99' ? factor < 1 : factor > 1);
  const factors = all.flatMap(({ table, row, beyond, [measure]: factor }) =>
    factor === undefined ? [] : [{ table, row, factor, beyond }],
  );
  const gains = factors.map(({ factor }) => factor).filter(isGain);
  const best = measure === 'p99' ? Math.min(...gains) : Math.max(...gains);
  const bounded = measure === 'throughput' || measure === 'p99';
  const steps = factors.map((each): Step => ({
    ...each,
    counts: !bounded || !isGain(each.factor) || each.factor === best,
  }));
  // Two tables with the same greatest gain still count once.
  let isCounted = false;
  const once = steps.map((step) => {
    if (!bounded || !step.counts || !isGain(step.factor)) return step;
    const counts = !isCounted;
    isCounted = true;
    return { ...step, counts };
  });
  const value = once.reduce((product, { factor, counts }) => (counts ? product * factor : product), standard);
  return { value, standard, steps: once };
}

/** At most 1, for shares. */
const share = (figure: Figure): Figure => ({ ...figure, value: Math.min(1, figure.value) });

/** What the tables let expect of a server with this set-up; an estimate, its assumptions are in docs/baselines.md. */
export function expectation(tables: BaselineTables, setUp: ServerSetUp): Expectation {
  const { results, environment, poolSizes } = tables;
  const all = effects(tables, setUp);
  const throughputPerSecond = combine(results.throughputPerSecond, all, 'throughput');
  const waits = poolSizes.rows.map((row) => [row.size, row.waitRatio] as const);
  return {
    throughputPerSecond,
    p99Ms: combine(results.p99Ms, all, 'p99'),
    cpuRatio: share(combine(results.cpuRatio, all, 'cpu')),
    memoryBytes: combine(results.memoryGib * GIB, all, 'memory'),
    cacheHitRatio: share(combine(results.cacheHitRatio, all, 'hit')),
    waitRatio: interpolate(waits, setUp.poolSize ?? environment.poolSize).value,
    totalPerSecond: throughputPerSecond.value * (setUp.instances ?? 1),
  };
}
