import { describe, expect, it } from '@jest/globals';
import { readSeriesRequest } from '../../src/status/series-request.ts';

const nowMs = Date.UTC(2026, 0, 5, 12, 0, 7);
const read = (query: Readonly<Record<string, unknown>>) =>
  readSeriesRequest(query, { nowMs, leastStepMs: 15_000 });
const aTime = 'Unix time in milliseconds, now, or a while ago such as -6h';

describe('a request for series', () => {
  it.each<[Record<string, unknown>, { fromMs: number; toMs: number; stepMs: number }]>([
    [
      { names: 'a' },
      { fromMs: Date.UTC(2026, 0, 5, 11), toMs: Date.UTC(2026, 0, 5, 12, 0, 15), stepMs: 15_000 },
    ],
    [
      { names: 'a', from: '-6h' },
      { fromMs: Date.UTC(2026, 0, 5, 6), toMs: Date.UTC(2026, 0, 5, 12, 0, 45), stepMs: 45_000 },
    ],
    [
      { names: 'a', from: '-10m', step: '1m' },
      { fromMs: Date.UTC(2026, 0, 5, 11, 50), toMs: Date.UTC(2026, 0, 5, 12, 1), stepMs: 60_000 },
    ],
    [
      { names: 'a', from: '-10m', step: '1000' },
      { fromMs: Date.UTC(2026, 0, 5, 11, 50), toMs: Date.UTC(2026, 0, 5, 12, 0, 15), stepMs: 15_000 },
    ],
  ])('%j is widened to whole steps', (query, range) => {
    expect(read(query)).toEqual({ ok: true, request: { names: ['a'], ...range } });
  });

  it('takes names separated by commas and repeated, once each', () => {
    expect(read({ names: ['a,b', 'b', 'tool_rate/a%2Cb'] })).toMatchObject({
      request: { names: ['a', 'b', 'tool_rate/a%2Cb'] },
    });
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['no name', {}, ['names: want names of series separated by commas, got none']],
    [
      'an object in place of names',
      { names: { a: '1' } },
      ['names: want names of series separated by commas, got none'],
    ],
    [
      'too many names',
      { names: Array.from({ length: 51 }, (_, n) => `s${n}`) },
      ['names: want at most 50, got 51'],
    ],
    ['a time in words', { names: 'a', from: 'tomorrow' }, [`from: want ${aTime}, got "tomorrow"`]],
    ['a time twice', { names: 'a', to: ['1', '2'] }, [`to: want ${aTime}, got ["1","2"]`]],
    [
      'everything wrong at once',
      { from: 'x', to: 'y', step: 'z' },
      [
        'names: want names of series separated by commas, got none',
        `to: want ${aTime}, got "y"`,
        `from: want ${aTime}, got "x"`,
        'step: want milliseconds or a duration such as 1m, got "z"',
      ],
    ],
    ['an empty range', { names: 'a', from: '5', to: '5' }, ['from: want a time before to, got 5 and 5']],
    ['no step', { names: 'a', step: '0' }, ['step: want more than 0, got 0']],
    [
      'too many points',
      { names: 'a', from: '-90d', step: '15s' },
      ['step: want at most 11000 points, got 518401; take a longer step or a shorter range'],
    ],
  ])('with %s says what is wrong', (_, query, problems) => {
    expect(read(query)).toEqual({ ok: false, problems });
  });
});
