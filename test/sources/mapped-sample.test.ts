import { describe, expect, it, test } from '@jest/globals';
import { parseExposition } from '../../src/sources/exposition-parser.ts';
import { checkTargets } from '../../src/sources/mapped-sample-checks.ts';
import { createProblemNotes } from '../../src/sources/mapped-sample-problems.ts';
import { createMappedSample } from '../../src/sources/mapped-sample.ts';
import type { SampleMapping } from '../../src/sources/mapped-sample.ts';

const page = (text: string) => parseExposition(text, 'text', () => true);

const l1 = (from: SampleMapping['from']): SampleMapping => ({
  to: 'cache_hit_rate',
  labels: { cache_type: 'l1' },
  from,
});

/** What each page gives, one after the other: a value, or why there is none. */
function outcomes(mapping: SampleMapping, pages: readonly string[]): (number | string)[] {
  const mapped = createMappedSample(mapping);
  return pages.map((text) => {
    const outcome = mapped.read(page(text));
    return outcome.kind === 'sample' ? outcome.sample.value : (outcome.problem?.text ?? outcome.kind);
  });
}

test('a sample has the name and the labels that were asked for', () => {
  const mapped = createMappedSample(l1({ value: 'rate' }));
  expect(mapped.target).toBe('cache_hit_rate{cache_type="l1"}');
  expect(mapped.read(page('rate 0.25'))).toEqual({
    kind: 'sample',
    sample: { name: 'cache_hit_rate', labels: { cache_type: 'l1' }, value: 0.25 },
  });
});

describe('a sum', () => {
  const memory = (value: string): SampleMapping => ({
    to: 'mcp_redis_memory_bytes',
    labels: {},
    from: { value },
  });
  it.each<[string, string, number | string]>([
    ['one series', 'used 5', 5],
    ['all series of the name', 'used{a="1"} 5\nused{a="2"} 7\nother 100', 12],
    ['a true zero', 'used 0', 0],
    ['NaN', 'used NaN', 'none'],
    ['NaN in one of two', 'used{a="1"} 5\nused{a="2"} NaN', 'none'],
    ['infinity', 'used +Inf', 'none'],
    ['no series', 'unused 5', 'mcp_redis_memory_bytes: want series that match used, got none'],
  ])('of %s', (_, text, wanted) => {
    expect(outcomes(memory('used'), [text])).toEqual([wanted]);
  });

  it('takes only what its selector matches', () => {
    expect(outcomes(memory('used{a=~"1|3"}'), ['used{a="1"} 5\nused{a="2"} 7\nused{a="3"} 1'])).toEqual([6]);
  });
});

describe('a quotient', () => {
  const pool: SampleMapping = {
    to: 'connection_pool_usage',
    labels: { pool_type: 'db' },
    from: { value: 'used', of: 'most' },
  };
  const target = 'connection_pool_usage{pool_type="db"}';
  it.each<[string, number | string]>([
    ['used 5\nmost 20', 0.25],
    ['used{p="1"} 5\nused{p="2"} 15\nmost{p="1"} 20\nmost{p="2"} 20', 0.5],
    ['used 0\nmost 20', 0],
    ['used 20\nmost 20', 1],
    ['used 5\nmost 0', 'none'],
    ['used 0\nmost 0', 'none'],
    ['used NaN\nmost 20', 'none'],
    ['used 5', `${target}: want series that match most, got none`],
    ['most 5', `${target}: want series that match used, got none`],
    ['used 30\nmost 20', `${target}: want a ratio from 0 to 1, got 1.5`],
    ['used -1\nmost 20', `${target}: want a ratio from 0 to 1, got -0.05`],
  ])('of %j', (text, wanted) => {
    expect(outcomes(pool, [text])).toEqual([wanted]);
  });
});

describe('a rate of counters', () => {
  const misses = l1({ hits: 'c{r="hit"}', misses: 'c{r="miss"}' });
  const lookups = l1({ hits: 'c{r="hit"}', lookups: 'c' });
  const counts = (hit: number, miss: number): string => `c{r="hit"} ${hit}\nc{r="miss"} ${miss}`;

  it.each([
    ['hits and misses', misses],
    ['hits and lookups', lookups],
  ])('with %s is that since the last reading, not of all time', (_, mapping) => {
    const pages = [counts(1000, 0), counts(1003, 1), counts(1003, 11), counts(1013, 11)];
    expect(outcomes(mapping, pages)).toEqual(['none', 0.75, 0, 1]);
  });

  it.each([
    ['hits and misses', misses],
    ['hits and lookups', lookups],
  ])(
    'with %s is unknown without traffic and after a reset, and known after the next reading',
    (_, mapping) => {
      const pages = [counts(10, 10), counts(10, 10), counts(13, 11), counts(2, 0), counts(3, 1)];
      expect(outcomes(mapping, pages)).toEqual(['none', 'none', 0.75, 'none', 0.5]);
    },
  );

  it('is unknown if only one counter of several fell, or one went away', () => {
    const pages = [
      'c{r="hit",w="1"} 5\nc{r="hit",w="2"} 5\nc{r="miss"} 5',
      'c{r="hit",w="1"} 9\nc{r="hit",w="2"} 4\nc{r="miss"} 6',
      'c{r="hit",w="1"} 10\nc{r="miss"} 17',
      'c{r="hit",w="1"} 11\nc{r="miss"} 18',
    ];
    expect(outcomes(misses, pages)).toEqual(['none', 'none', 'none', 0.5]);
  });

  it('counts a series from 0 that is new since the last reading, and none as long as one side is missing', () => {
    const empty = 'cache_hit_rate{cache_type="l1"}: want series that match c{r="miss"}, got none';
    const pages = ['c{r="hit"} 5', 'c{r="hit"} 8', 'c{r="hit"} 9\nc{r="miss"} 3'];
    expect(outcomes(misses, pages)).toEqual([empty, empty, 0.25]);
  });

  it.each<[string, SampleMapping, string]>([
    ['hits and misses', misses, 'c{r="miss"}'],
    ['hits and lookups', lookups, 'c{r="miss"}'],
    ['hits and lookups of another name', l1({ hits: 'c{r="hit"}', lookups: 'all' }), 'c{r="other"} 1\nall'],
  ])('with %s is 0 as long as hits have no series yet, and only with traffic', (_, mapping, rest) => {
    const hit = 'c{r="hit"} 3';
    const pages = [`${rest} 5`, `${rest} 9`, `${rest} 9`, `${rest} 10`];
    expect(outcomes(mapping, pages)).toEqual(['none', 0, 'none', 0]);
    expect(outcomes(mapping, [`${rest} 5`, `${rest} 9\n${hit}`])[1]).not.toBe(0);
  });

  it('is 0 without hits whose series was there before, though nothing of their name is left', () => {
    const mapping = l1({ hits: 'h', misses: 'm' });
    const pages = ['h 3\nm 5', 'm 1', 'm 2', 'm 2', 'h 1\nm 3'];
    expect(outcomes(mapping, pages)).toEqual(['none', 'none', 0, 'none', 0.5]);
  });

  it.each<[string, SampleMapping, string, string]>([
    ['hits of a name', l1({ hits: 'h{r="hit"}', misses: 'c' }), 'h{r="hit"}', 'c'],
    ['hits of any name', l1({ hits: '{r="hit"}', misses: 'c' }), '{r="hit"}', 'c'],
    ['misses', misses, 'c{r="miss"}', 'c{r="hit"}'],
    ['lookups', l1({ hits: 'c{r="hit"}', lookups: 'all' }), 'all', 'c{r="hit"}'],
  ])('has no sample, and a reason, without %s that the page does not know', (_, mapping, selector, other) => {
    const empty = `cache_hit_rate{cache_type="l1"}: want series that match ${selector}, got none`;
    expect(outcomes(mapping, [`${other} 5`, `${other} 9`])).toEqual([empty, empty]);
  });

  it('is refused if there are more hits than lookups', () => {
    const mapping = l1({ hits: 'h', lookups: 'l' });
    expect(outcomes(mapping, ['h 0\nl 0', 'h 3\nl 2'])).toEqual([
      'none',
      'cache_hit_rate{cache_type="l1"}: want a ratio from 0 to 1, got 1.5',
    ]);
  });

  it('survives a counter that is NaN once', () => {
    expect(outcomes(misses, [counts(1, 1), counts(NaN, 2), counts(5, 5), counts(6, 6)])).toEqual([
      'none',
      'none',
      'none',
      0.5,
    ]);
  });
});

describe('a wrong mapping is refused at once', () => {
  it.each<[SampleMapping['to'], Record<string, string>, string]>([
    ['cache_hit_rate', {}, 'cache_hit_rate: want the labels cache_type, got none'],
    ['cache_hit_rate', { cache_type: '' }, 'cache_hit_rate: want the labels cache_type, got none'],
    ['cache_hit_rate', { pool_type: 'x' }, 'cache_hit_rate: want the labels cache_type, got pool_type'],
    [
      'cache_hit_rate',
      { cache_type: 'x', a: 'b' },
      'cache_hit_rate: want the labels cache_type, got cache_type, a',
    ],
    ['mcp_processes', { a: 'b' }, 'mcp_processes: want the labels none, got a'],
  ])('%s %j', (to, labels, message) => {
    expect(() => checkTargets([{ to, labels }])).toThrow(new Error(message));
  });

  it('with two of one target', () => {
    const targets = [l1({ value: 'a' }), l1({ value: 'b' })];
    expect(() => checkTargets(targets)).toThrow(
      new Error('cache_hit_rate{cache_type="l1"}: want one source of it, got a second'),
    );
    expect(() => checkTargets(targets.slice(1))).not.toThrow();
  });
});

test('a problem is told once, again when it changed, and again when it came back', () => {
  const told: string[] = [];
  const note = createProblemNotes((text) => told.push(text));
  note('a', { kind: 'range', text: 'a: got 1.5' });
  note('a', { kind: 'range', text: 'a: got 1.6' });
  note('b', { kind: 'range', text: 'b: got 2' });
  note('a', { kind: 'none', text: 'a: got none' });
  note('a', undefined);
  note('a', { kind: 'none', text: 'a: got none, again' });
  expect(told).toEqual(['a: got 1.5', 'b: got 2', 'a: got none', 'a: got none, again']);
});
