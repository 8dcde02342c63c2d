import { describe, expect, it } from '@jest/globals';
import { BUILT_IN_WATCHES, latencyWatches } from '../../src/detectors/built-in-watches.ts';
import { watchName } from '../../src/detectors/watch.ts';
import { isReadable } from '../../src/metrics/metric-page.ts';
import { parseSelector } from '../../src/model/series-selector.ts';

describe('the built-in detectors', () => {
  it.each(BUILT_IN_WATCHES.map((watch) => [watchName(watch), watch] as const))(
    '%s names metrics that there are',
    (_name, { value, load, limits }) => {
      const selectors = [
        ...[value, load].flatMap((reading) => (reading.from === 'page' ? [reading.selector] : [])),
        ...limits.flatMap((limit) => ('page' in limit ? [limit.page] : [])),
      ];
      for (const selector of selectors)
        expect([selector, isReadable(parseSelector(selector).name ?? '')]).toEqual([selector, true]);
    },
  );

  it('have names of their own', () => {
    const names = [...BUILT_IN_WATCHES, ...latencyWatches('get_user', 0.2)].map(watchName);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('latency get_user p99');
  });

  it('hold only the P99 of a tool against its objective', () => {
    expect(latencyWatches('get_user', 0.2).map(({ limits }) => limits)).toEqual([[], [{ fixed: 0.2 }]]);
  });
});
