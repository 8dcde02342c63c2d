import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { timeTicks } from '../../src/commands/time-ticks.ts';
import { valueScale } from '../../src/model/value-scale.ts';
import { renderEvidence } from '../../src/commands/render-evidence.ts';
import { wrapWords } from '../../src/commands/wrap-words.ts';
import { bare, far, shown } from './evidence-samples.ts';

describe('evidence', () => {
  it('is drawn with all that a person has to see', () => {
    expect(`\n${renderEvidence(shown, { width: 80, rows: 8 })}`).toBe(`
URGENT since 27 Nov 15:00 UTC  memory
memory_bytes{instance="mcp-1:9464", job="mcp"}
grows 50 MiB/h (1.22 % of the limit 4 GiB an hour), limit in 16–26 h, load
explains 12 % of it

   4 GiB ┤┄┄ limit 4 GiB ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
         │                ┊                                                  ⢀⣀⣀
         │                ┊                                    ⣀⣀⣀⣀⣤_⣤_⠶-⠒-⠛-⠋‾⠉
   2 GiB ┤                ┊                      ⣀⣀⣀_⣤_⣤_⠶-⠒-⠛‾⠋‾⠉‾
         │        ⣀⣀⣀⣀⣠⣤⣤⡶⠶        ⣀⣀⣀_ _ _⠶-⠒-⠛‾⠋‾⠉
         │⣤⡶⠶⠶⠖⠚⠛⠛⠋⠉⠉⠁    ⢠⣤⡶⠶⠶⠒⠛⠛⠛⠋⠉⠉
         │                ┊
     0 B ┤                ┊
         └────────┬───────▲────────┬────────────────┬───────────────┬───────────
     UTC       26 Nov            12:00           27 Nov           12:00
    load  ▅▆▇▇▇█████████▇▇▆▅▅▄▄▃▃▂▂▂▂▂    ▄▅▅▆▇▇█████████▇▇▆▆▅▄▄▃▃▃▂▂▂▂▂▃▃▃▄▄▅▅▅
            ⣿ low to high   - fitted line, load removed   ▲ restart

  slope     50 MiB (40 MiB to 64 MiB) an hour; 1.22 % (0.977 % to 1.56 %) of the
            limit an hour
  span      growth of 1.5 GiB in the last 30 h; the process was watched for 38 h
  level     now at 3 GiB, 75 % of the limit of 4 GiB
  limit     reached in 16–26 h: 28 Nov 16:28 UTC (28 Nov 12:00 to 28 Nov 21:36)
  load      from 10 to 50; explains 12 % of the raw growth
  restarts  1; earlier lives: 47 MiB an hour in 12 h
  rules     passed  growth: grew 1.5 GiB in 30 h, 37 % of 4 GiB; want 205 MiB
            HELD    day over day: 63 % of the hours lie clearly above those of
                    the day before; want 85 % on both days
  by limit  limit   4 GiB  in 16–26 h  (in force)
            limit   8 GiB  in 3.3–5.3 days
            limit  16 GiB  in 8.7–14 days
            limit  32 GiB  in 19–31 days
            limit  64 GiB  in 41–65 days
            limit 128 GiB  in 83–130 days
`);
  });

  it('is short where there is little to say', () => {
    expect(`\n${renderEvidence(bare, { width: 60, rows: 4 })}`).toBe(`
NONE since 25 Nov 18:00 UTC  connections
does not grow, 48 of the limit 1000, watched 6 h

      60 ┤
      50 ┤
         │⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒
      40 ┤
         └┬───────────────┬────────────────┬───────────────┬
     UTC  18:00         20:00            22:00        26 Nov
            ⣿ low to high   limit 1000 not drawn

  span      the process was watched for 6 h
  level     now at 48, 4.8 % of the limit of 1000
  load      not known; growth that goes with the load cannot
            be told from a leak
`);
  });

  it('of a falling series says what it falls to', () => {
    expect(`\n${renderEvidence(far, { width: 60, rows: 5 })}`).toBe(`
WATCH since 25 Nov 18:00 UTC  throughput
falls 0.75/s an hour (0.375 % of the assumed limit 200/s an
hour), limit in 8.1 days or more

   450/s ┤
         │
   400/s ┤-⠤-⠤-⠤-⠤-⠤-⠤-⠤-⠤-⠤-⠤-⠤-⠤-⢤_⣤_⣤_⣤_⣤_⣤_⣤_⣤_⣤_⣀_⣀_⣀_⣀
         │
   350/s ┤
         └┬───────────────┬────────────────┬───────────────┬
     UTC  18:00         20:00            22:00        26 Nov
            ⣿ low to high   - fitted line, load removed

  slope     0.75/s (-0.1/s to 1/s) an hour; 0.375 % (-0.05 %
            to 0.5 %) of the limit an hour
  span      fall of 4.5/s in the last 6 h; the process was
            watched for 6 h
  level     now at 395/s; the least is 200/s (assumed from
            where it began)
  limit     reached in 8.1 days or more: 6 Dec 20:00 UTC (4
            Dec 03:00 to no end)
  load      not known; growth that goes with the load cannot
            be told from a leak
  by limit  limit  356/s  in 40 h or more
            limit  296/s  in 4.1 days or more
            limit  200/s  in 8.1 days or more  (in force)
            limit  198/s  in 8.2 days or more
            limit 98.8/s  in 12 days or more
            limit 39.5/s  in 15 days or more
`);
  });

  it('of a series that ended says so', () => {
    const text = renderEvidence({ ...bare, endedMs: Date.UTC(2026, 10, 26) }, { width: 60 });
    expect(text).toContain(
      'connections\nno samples since 26 Nov 00:00 UTC; what follows was so then\ndoes not grow,',
    );
  });

  it('has no chart before there are points', () => {
    const nothing = { ...bare, evidence: { ...bare.evidence, points: [] } };
    expect(renderEvidence(nothing, { width: 60 })).not.toMatch(/[┤⣿]/);
  });

  it.each([50, 60, 80, 100, 120])(
    'stays within %i columns, with colour and without, the same text',
    (width) => {
      for (const each of [shown, bare, far]) {
        const plain = renderEvidence(each, { width });
        expect(Math.max(...plain.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
        expect(plain).not.toContain('\u001B');
        expect(stripVTControlCharacters(renderEvidence(each, { width, color: true }))).toBe(plain);
      }
    },
  );

  it('has no control characters that a label brought in', () => {
    const evil = { ...bare, title: 'a\u001B[2J', series: '{i="\u0007"}' };
    expect(renderEvidence(evil, { width: 60 })).toContain('NONE since 25 Nov 18:00 UTC  a?[2J\n{i="?"}\n');
  });
});

describe('the scale of values', () => {
  it.each([
    [1.1e9, 4 * 1024 ** 3, 'bytes', [0, 1, 2, 3, 4].map((gib) => gib * 1024 ** 3)],
    [830, 845, 'count', [750, 800, 850, 900, 950]],
    [0.145, 0.27, 'seconds', [0.1, 0.15, 0.2, 0.25, 0.3]],
    [0, 0, 'count', [0, 0.5, 1]],
    [48, 48, 'count', [40, 45, 50, 55]],
    [-5, 5, 'count', [-5, 0, 5]],
  ] as const)(
    'from %d to %d in %s is round and does not make mountains of noise',
    (least, greatest, unit, ticks) => {
      const scale = valueScale(least, greatest, unit, 5);
      expect(scale.ticks.map((tick) => Number(tick.toPrecision(12)))).toEqual(ticks);
      expect(scale.bottom).toBeLessThanOrEqual(least);
      expect(scale.top).toBeGreaterThanOrEqual(greatest);
    },
  );
});

it('times are labelled at round ones', () => {
  const hour = 3_600_000;
  const start = Date.UTC(2026, 0, 5, 1, 7);
  const ticks = (hours: number) =>
    timeTicks(start, start + hours * hour, 7).map((atMs) => (atMs - Date.UTC(2026, 0, 5)) / hour);
  expect(ticks(6)).toEqual([2, 3, 4, 5, 6, 7]);
  expect(ticks(24)).toEqual([6, 12, 18, 24]);
  expect(ticks(168)).toEqual([48, 96, 144]);
});

it('lines are not broken between a figure and its unit', () => {
  expect(wrapWords('it grew by 12 MiB in 40 h', 12)).toEqual(['it grew by', '12 MiB in', '40 h']);
  expect(wrapWords('a-word-that-is-longer than that', 8)).toEqual(['a-word-that-is-longer', 'than', 'that']);
});
