import { describe, expect, it } from '@jest/globals';
import { parseTime, readSeriesCsv } from '../../src/fleet/series-csv.ts';

const read = (...lines: readonly string[]) => readSeriesCsv('m.csv', lines.join('\n'));

describe('a time', () => {
  it.each([
    ['1700000000', 1_700_000_000_000],
    ['1700000000.25', 1_700_000_000_250],
    ['1.7e9', 1_700_000_000_000],
    ['1700000000000', 1_700_000_000_000],
    ['2026-01-05', Date.UTC(2026, 0, 5)],
    ['2026-01-05T06:07', Date.UTC(2026, 0, 5, 6, 7)],
    ['2026-01-05 06:07:08', Date.UTC(2026, 0, 5, 6, 7, 8)],
    ['2026-01-05T06:07:08.5Z', Date.UTC(2026, 0, 5, 6, 7, 8, 500)],
    ['2026-01-05T06:07:08+02:00', Date.UTC(2026, 0, 5, 4, 7, 8)],
    ['2026-01-05T06:07:08,5+0200', Date.UTC(2026, 0, 5, 4, 7, 8, 500)],
    ['2026-13-05', undefined],
    ['5 Jan 2026', undefined],
    ['', undefined],
    ['0x10', undefined],
  ])('%j is %s', (text, ms) => expect(parseTime(text)).toBe(ms));
});

describe('a series in CSV', () => {
  it('is read with all that belongs to it, in any order of columns and rows', () => {
    expect(
      read('\uFEFFvalue,"Time", load ,limit,started', '2.5,20,,1e3,10', '', '1,10,7,"",', 'NaN,15,1,,'),
    ).toEqual({
      ok: true,
      samples: [
        { atMs: 10_000, value: 1, load: 7, limit: undefined, startedAtMs: undefined },
        { atMs: 15_000, value: NaN, load: 1, limit: undefined, startedAtMs: undefined },
        { atMs: 20_000, value: 2.5, load: undefined, limit: 1000, startedAtMs: 10_000 },
      ],
    });
  });

  it('may have the line ends of any system', () => {
    expect(readSeriesCsv('m.csv', 'time,value\r\n1,2\r\n')).toMatchObject({
      ok: true,
      samples: [{ value: 2 }],
    });
  });

  it.each([
    [[''], ['m.csv: want a header such as time,value,load, got nothing']],
    [
      ['1700000000,5'],
      [
        'm.csv:1: want a header with a column time, got "1700000000,5"',
        'm.csv:1: want a header with a column value, got "1700000000,5"',
        'm.csv:1: want columns of time, value, load, started, limit, got "1700000000"',
        'm.csv:1: want columns of time, value, load, started, limit, got "5"',
      ],
    ],
    [['time,value,value', '1,2,3'], ['m.csv:1: want each column once, got one again']],
    [
      ['time,value,load', '1,12MB,3', '2,5', 'soon,5,x'],
      [
        'm.csv:2 value: want a number, got "12MB"',
        'm.csv:3 want 3 cells, got 2',
        'm.csv:4 time: want Unix seconds, milliseconds or ISO 8601, got "soon"',
        'm.csv:4 load: want a number, got "x"',
      ],
    ],
    [['time,value', ',5'], ['m.csv:2 time: want Unix seconds, milliseconds or ISO 8601, got ""']],
    [['time,value', '1,', '2,nan'], ['m.csv: want rows with values, got none']],
  ])('%j is refused', (lines, problems) => expect(read(...lines)).toEqual({ ok: false, problems }));

  it('tells ten problems and how many more there are', () => {
    const result = read('time,value', ...Array.from({ length: 25 }, (_, n) => `${n},bad`));
    const problems = result.ok ? [] : result.problems;
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe('m.csv: 15 more such problems');
  });
});
