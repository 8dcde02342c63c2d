import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChunkSpan } from '../../src/fleet/chunk-span.ts';
import { evaluationPace } from '../../src/fleet/evaluation-pace.ts';
import { createJoin } from '../../src/fleet/join-series.ts';
import { knownQueries } from '../../src/fleet/known-queries.ts';
import { freshStart, processStartMs } from '../../src/fleet/process-start.ts';
import { CATALOG } from '../../src/metrics/catalog.ts';
import { FLEET_DETECTOR_NAMES } from '../../src/model/fleet-detector-name.ts';
import { labelsKey, labelsText, type Labels } from '../../src/model/labels.ts';
import { isOfShard, parseShard } from '../../src/model/shard.ts';
import { parseSelector } from '../../src/model/series-selector.ts';

const HOUR = 3_600_000;

describe('labels', () => {
  it('have one key whatever their order, and read as a selector', () => {
    expect(labelsKey({ b: '1', a: '2' })).toBe(labelsKey({ a: '2', b: '1' }));
    expect(labelsText({ __name__: 'up', job: 'a"b' })).toBe(String.raw`up{job="a\"b"}`);
    expect([labelsText({ __name__: 'up' }), labelsText({}), labelsText({ z: '1', a: '2' })]).toEqual([
      'up',
      '{}',
      '{a="2",z="1"}',
    ]);
  });
});

describe('shards', () => {
  it.each([
    ['1/1', { index: 1, count: 1 }],
    ['2/8', { index: 2, count: 8 }],
    ['8/8', { index: 8, count: 8 }],
    ['0/8', undefined],
    ['9/8', undefined],
    ['2', undefined],
    ['2/8/1', undefined],
    ['1/2000', undefined],
    ['-1/2', undefined],
  ])('%s', (text, shard) => expect(parseShard(text)).toEqual(shard));

  it('have every series exactly once', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (key, count) => {
        const owners = Array.from({ length: count }, (_, at) => ({ index: at + 1, count })).filter((shard) =>
          isOfShard(key, shard),
        );
        expect(owners).toHaveLength(1);
      }),
    );
  });

  it('share series evenly that differ in a digit, and never change their mind', () => {
    const keys = Array.from({ length: 8000 }, (_, n) => labelsKey({ job: 'mcp', instance: `mcp-${n}:9464` }));
    const counts = Array.from(
      { length: 8 },
      (_, at) => keys.filter((key) => isOfShard(key, { index: at + 1, count: 8 })).length,
    );
    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(Math.max(...counts)).toBeLessThan(1100);
    expect(
      keys.slice(0, 12).map((key) => [1, 2, 3].find((index) => isOfShard(key, { index, count: 3 }))),
    ).toEqual([2, 3, 2, 2, 3, 2, 2, 3, 2, 3, 1, 3]);
  });
});

describe('joining', () => {
  const series = (labels: Labels, value: number) => ({
    labels,
    timesMs: Float64Array.of(0),
    values: Float64Array.of(value),
  });
  const valueOf = (join: ReturnType<typeof createJoin>, labels: Labels) => {
    const found = join(labels);
    return found.found === 'one' ? found.series.values[0] : found.found;
  };
  const memory = { __name__: 'memory_bytes', job: 'mcp', instance: 'a', kind: 'pss' };

  it('is by the labels that both have', () => {
    const join = createJoin([
      series({ __name__: 'limit_bytes', job: 'mcp', instance: 'a' }, 1),
      series({ __name__: 'limit_bytes', job: 'mcp', instance: 'b' }, 2),
    ]);
    expect(valueOf(join, memory)).toBe(1);
    expect(valueOf(join, { ...memory, instance: 'b' })).toBe(2);
    expect(valueOf(join, { ...memory, instance: 'c' })).toBe('none');
    expect(valueOf(join, { ...memory, job: 'other' })).toBe('none');
  });

  it('gives one without labels to all', () => {
    expect(valueOf(createJoin([series({}, 7)]), memory)).toBe(7);
    expect(valueOf(createJoin([series({ __name__: 'x' }, 7)]), memory)).toBe(7);
  });

  it('does not guess among several', () => {
    const several = [series({ instance: 'a', pool: 'x' }, 1), series({ instance: 'a', pool: 'y' }, 2)];
    expect(createJoin(several)(memory)).toEqual({ found: 'several', count: 2 });
    expect(valueOf(createJoin(several), { instance: 'a', pool: 'y' })).toBe(2);
    expect(createJoin([series({ job: 'mcp' }, 1), series({ instance: 'a' }, 2)])(memory)).toEqual({
      found: 'several',
      count: 2,
    });
  });

  it('by named labels leaves the others alone and needs those named', () => {
    const join = createJoin(
      [series({ instance: 'a', kind: 'other' }, 1), series({ job: 'mcp', kind: 'pss' }, 2)],
      ['instance'],
    );
    expect(valueOf(join, memory)).toBe(1);
    expect(valueOf(join, { job: 'mcp' })).toBe('none');
  });
});

describe('the start of a process', () => {
  it('is told as a time', () => {
    expect(processStartMs(1_800_000_000.5, 5, freshStart())).toBe(1_800_000_000_500);
  });

  it('or by a counter that changes, in either direction', () => {
    const memory = freshStart();
    const starts = [3, 3, 4, Number.NaN, 4, 0, 0].map((count, at) => processStartMs(count, 100 + at, memory));
    expect(starts).toEqual([100, 100, 102, undefined, 102, 105, 105]);
  });
});

describe('the pace of conclusions', () => {
  it('is coarse until it matters', () => {
    const pace = evaluationPace(HOUR / 4, 10 * HOUR);
    expect([0, 7 * HOUR, 9.9 * HOUR, 10 * HOUR, 20 * HOUR].map((at) => pace(at) / HOUR)).toEqual([
      4, 3, 0.25, 0.25, 0.25,
    ]);
    expect(evaluationPace(HOUR / 4)(0)).toBe(HOUR / 4);
  });
});

describe('the span of a question', () => {
  it('follows what answers come to, and shrinks when refused', () => {
    const span = new ChunkSpan(60_000);
    expect(span.ms).toBe(59 * 60_000);
    span.answered(60, 60);
    expect(span.ms).toBe(239 * 60_000);
    for (let n = 0; n < 10; n++) span.answered(240, 240);
    expect(span.ms).toBe(9999 * 60_000);
    span.answered(1000, 10_000_000);
    expect(span.ms).toBe(9 * 60_000);
    for (let n = 0; n < 10; n++) span.refused();
    expect(span.ms).toBe(0);
  });
});

describe.each(FLEET_DETECTOR_NAMES)('the queries of %s', (name) => {
  it.each([
    ['', ''],
    ['job="mcp",', 'job="mcp"'],
  ])('select metrics of the catalog by %j', (matchers, wanted) => {
    const queries = knownQueries(name, matchers);
    expect(queries.length).toBeGreaterThan(0);
    const texts = queries.flatMap((query) => [
      query.query,
      ...[query.limitQuery, query.loadQuery, query.startQuery].filter((text) => text !== undefined),
    ]);
    const metrics = texts.flatMap((text) => text.match(/\b(?:mcp|request)_[a-z_]+(?:\{[^}]*\})?/g) ?? []);
    expect(metrics.length).toBeGreaterThanOrEqual(texts.length);
    for (const metric of metrics) {
      const selector = parseSelector(metric);
      expect(Object.keys(CATALOG)).toContain(selector.name?.replace(/_count$/, ''));
      expect(metric.includes(wanted)).toBe(true);
    }
  });
});
