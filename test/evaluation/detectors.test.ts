import { beforeAll, describe, expect, it } from '@jest/globals';
import { classesOf } from '../../evaluation/classes.ts';
import { seriesIds } from '../../evaluation/generate.ts';
import type { JudgedSeries } from '../../evaluation/judge.ts';
import { judgeAll } from '../../evaluation/judge-pool.ts';
import { listMisses } from '../../evaluation/misses.ts';
import { OURS } from '../../evaluation/method.ts';
import { markdownReport, terminalReport } from '../../evaluation/report.ts';
import { outcomesOf, scoreOf } from '../../evaluation/score.ts';
import { KINDS } from '../../evaluation/series-id.ts';
import { summarize } from '../../evaluation/summary.ts';

// One of each healthy class and one or two of each leaking class: a small sample of what `npm run evaluate:detectors` measures.
describe.each(KINDS)('our detectors of %s on a small fixed sample', (kind) => {
  let judged: readonly JudgedSeries[] = [];

  beforeAll(async () => {
    const ids = seriesIds('report', 11, kind, classesOf(kind).length).filter(({ index }) => index === 0);
    // In threads of their own: they are several times faster than jest's context.
    judged = await judgeAll(ids, { stepMs: 60_000, competitors: false }, 2, () => undefined);
  }, 300_000);

  it('find nearly every leak and raise hardly a false alarm', () => {
    const score = scoreOf(outcomesOf(judged, OURS));
    const misses = listMisses(judged);
    expect({ misses, isGood: score.precision >= 0.95 }).toEqual({ misses, isGood: true });
    expect({ misses, isGood: score.recall >= 0.88 }).toEqual({ misses, isGood: true });
    expect({ misses, isGood: score.falseAlarms <= 10 }).toEqual({ misses, isGood: true });
    expect(score.delay).toBeLessThan(0.5);
  });

  it('are shown by class, in the terminal and in Markdown', () => {
    const summary = summarize(kind, judged);
    for (const text of [terminalReport([summary]), markdownReport([summary])]) {
      for (const { name } of classesOf(kind)) expect(text).toContain(name);
      expect(text).toContain(OURS);
    }
  });
});
