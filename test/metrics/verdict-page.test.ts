import { describe, expect, it } from '@jest/globals';
import { renderVerdicts, verdictLabels } from '../../src/metrics/verdict-page.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { quiet } from '../commands/evidence-samples.ts';
import { parseExposition } from '../harness/exposition.ts';

const calm: Verdict = { ...quiet, level: 25, limit: 100, watchedMs: 90_000 };
const growing: Verdict = {
  ...calm,
  state: 'page',
  slopePerHour: { low: 1, best: 2, high: 3 },
  secondsToLimit: { low: 1, best: 7200, high: Infinity },
  loadExplained: 0.5,
};

describe('the labels of a verdict', () => {
  it.each([
    [{}, 'detector="memory",series="s"'],
    [{ __name__: 'up', job: 'a' }, 'detector="memory",series="s",job="a"'],
    [
      { series: 'x', detector: 'y' },
      'detector="memory",series="s",exported_series="x",exported_detector="y"',
    ],
    [
      { series: 'x', exported_series: 'y' },
      'detector="memory",series="s",exported_series="x",exported_exported_series="y"',
    ],
    [
      { 'k8s.pod': 'a"b\\c\nd', '9': 'n', empty: '' },
      String.raw`detector="memory",series="s",_9="n",k8s_pod="a\"b\\c\nd"`,
    ],
  ])('%j', (labels, text) =>
    expect(verdictLabels({ detector: 'memory', series: 's', labels, verdict: calm })).toBe(text),
  );
});

it('verdicts are a page of metrics on which what is not known is absent', () => {
  const page = renderVerdicts([
    { detector: 'memory', series: '', labels: { i: 'a' }, verdict: growing },
    { detector: 'memory', series: '', labels: { i: 'b' }, verdict: calm },
    // The same labels again would spoil the page.
    { detector: 'memory', series: '', labels: { i: 'a' }, verdict: calm },
  ]);
  const values = Object.fromEntries(
    parseExposition(page).map(({ name, labels, value }) => [`${name} ${labels['i']}`, value]),
  );
  expect(values).toEqual({
    'mcp_detector_state a': 4,
    'mcp_detector_state b': 0,
    'mcp_detector_slope_per_hour a': 2,
    'mcp_detector_slope_limit_ratio_per_hour a': 0.02,
    'mcp_detector_limit_ratio a': 0.25,
    'mcp_detector_limit_ratio b': 0.25,
    'mcp_detector_seconds_to_limit a': 7200,
    'mcp_detector_load_explained_ratio a': 0.5,
    'mcp_detector_watched_seconds a': 90,
    'mcp_detector_watched_seconds b': 90,
  });
  expect(page).toMatch(
    /^# HELP mcp_detector_state .*\n# TYPE mcp_detector_state gauge\nmcp_detector_state\{/,
  );
});
