import { describe, expect, it } from '@jest/globals';
import { baselineInForce } from '../../src/baselines/baseline-in-force.ts';
import { checkBaseline } from '../../src/baselines/check-baseline.ts';
import { documentBaseline } from '../../src/baselines/document-baseline.ts';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { expectation } from '../../src/baselines/expectation.ts';
import { interpolate } from '../../src/baselines/interpolate.ts';
import { tierOf } from '../../src/baselines/tier-of.ts';
import type { ServerSetUp } from '../../src/model/server-set-up.ts';

const expected = (setUp: ServerSetUp) => expectation(documentTables, setUp);

describe('what to expect', () => {
  it('of nothing stated, and of the standard configuration, is the baseline', () => {
    const { environment, results } = documentTables;
    for (const setUp of [{}, { ...environment, instances: 1, tier: 2 }]) {
      expect(expected(setUp).throughputPerSecond.value).toBeCloseTo(results.throughputPerSecond);
      expect(expected(setUp).p99Ms.value).toBeCloseTo(results.p99Ms);
      expect(expected(setUp).cpuRatio.value).toBeCloseTo(results.cpuRatio);
      expect(expected(setUp).waitRatio).toBe(0.005);
    }
  });

  it.each(documentTables.workers.rows)('of $workers workers is their row', (row) => {
    const { throughputPerSecond, p99Ms, cpuRatio, memoryBytes } = expected({ workers: row.workers });
    expect(throughputPerSecond.value).toBeCloseTo(row.throughputPerSecond);
    expect(p99Ms.value).toBeCloseTo(row.p99Ms);
    expect(cpuRatio.value).toBeCloseTo(row.cpuRatio);
    expect(memoryBytes.value / 1024 ** 3).toBeCloseTo(row.memoryGib);
  });

  it.each(documentTables.poolSizes.rows)('of a pool of $size is its row', (row) => {
    expect(expected({ poolSize: row.size }).throughputPerSecond.value).toBeCloseTo(row.throughputPerSecond);
    expect(expected({ poolSize: row.size }).waitRatio).toBe(row.waitRatio);
  });

  it.each(documentTables.vertical.rows)('of $vcpus vCPUs with a worker each is their row', (row) => {
    expect(expected({ vcpus: row.vcpus }).throughputPerSecond.value).toBeCloseTo(row.throughputPerSecond);
    expect(expected({ vcpus: row.vcpus }).p99Ms.value).toBeCloseTo(row.p99Ms);
  });

  it.each(documentTables.horizontal.rows)('of $instances instances is their row', (row) => {
    expect(expected({ instances: row.instances }).totalPerSecond).toBeCloseTo(row.throughputPerSecond, 0);
  });

  it.each(documentTables.cacheStrategies.rows)('of the cache strategy $strategy is its row', (row) => {
    const { throughputPerSecond, cacheHitRatio } = expected({ cacheStrategy: row.strategy });
    expect(throughputPerSecond.value).toBeCloseTo(row.throughputPerSecond);
    expect(cacheHitRatio.value).toBeCloseTo(row.hitRatio);
  });

  it('multiplies losses and counts one gain', () => {
    const { throughputPerSecond } = expected({ poolSize: 20, cacheStrategy: 'none', serialization: 'cbor' });
    expect(throughputPerSecond.value).toBeCloseTo(850 * (450 / 850) * (320 / 850) * (920 / 850));
    const gains = expected({ serialization: 'protobuf', cacheTtlSeconds: 3600 }).throughputPerSecond;
    expect(gains.value).toBeCloseTo(1020);
    expect(gains.steps.map(({ row, counts }) => [row, counts])).toEqual([
      ['TTL of 3600 s', false],
      ['protobuf', true],
    ]);
  });

  it('says where a table ends', () => {
    expect(expected({ workers: 64 }).throughputPerSecond.steps).toMatchObject([{ beyond: true }]);
  });
});

describe('a table', () => {
  it('is read between and beyond its rows', () => {
    const points = [
      [1, 10],
      [3, 30],
    ] as const;
    expect(interpolate(points, 2)).toEqual({ value: 20, beyond: false });
    expect(interpolate(points, 0)).toEqual({ value: 10, beyond: true });
    expect(interpolate(points, 4)).toEqual({ value: 30, beyond: true });
    expect(interpolate(points, 3)).toEqual({ value: 30, beyond: false });
  });
});

describe('the baseline in force', () => {
  it('is the document without a set-up', () => {
    expect(baselineInForce(documentTables, {}, {}).baseline).toEqual(documentBaseline);
  });

  it('moves to the set-up, with every percentile and tool', () => {
    const { baseline } = baselineInForce(documentTables, {}, { workers: 1 });
    expect(baseline.throughputPerSecond).toBeCloseTo(280);
    expect(baseline.latency).toEqual({ p50Ms: 72.3, p95Ms: 192.9, p99Ms: 450, p999Ms: 1044.6 });
    expect(baseline.tools.get('get_user')?.latency).toEqual({ p99Ms: 289.3 });
  });

  it('leaves alone what the user measured', () => {
    const checked = checkBaseline(documentTables, {
      results: { p99Ms: 200, throughputPerSecond: 100 },
      tools: { search: { p99Ms: 90 } },
    });
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const { baseline } = baselineInForce(checked.tables, checked.own, { workers: 1 });
    expect(baseline.throughputPerSecond).toBe(100);
    expect(baseline.latency).toMatchObject({ p50Ms: 72.3, p99Ms: 200 });
    expect(baseline.tools.get('search')?.latency).toEqual({ p99Ms: 90 });
    expect(baseline.tools.get('get_user')?.latency).toEqual({ p99Ms: 289.3 });
  });
});

describe('a tier', () => {
  const limits = (tier: number, instances?: number) => {
    const row = documentTables.tiers.rows.find((each) => each.tier === tier);
    if (!row) throw new Error(`tier ${tier}: want a row, got none`);
    return tierOf(row, instances).limits;
  };

  it('limits one instance', () => {
    expect(limits(2)).toEqual({
      requests_per_second: 850,
      sessions: 500,
      memory_bytes: 8 * 1024 ** 3,
      bandwidth_bits_per_second: 2.5e9,
      vcpus: 4,
    });
    expect(limits(2, 3)).toMatchObject({ requests_per_second: 850, sessions: 500 });
  });

  it('of several instances is shared among them', () => {
    expect(limits(4)).toMatchObject({ requests_per_second: 750, sessions: 2500 });
    expect(limits(4, 8)).toMatchObject({ requests_per_second: 875, sessions: 1250 });
  });
});
