import type { SeriesAnswer } from '../model/page-series.ts';
import { chartSeries } from '../page/chart-data.ts';
import type { PageChoice } from '../page/page-view.ts';

const TIMEOUT_MS = 10_000;

/**
 * Asks for what the charts of a choice draw.
 * @param signal ends the question, e.g. because another one took its place.
 * @throws Error where there is no answer.
 */
export async function readSeries(root: URL, choice: PageChoice, signal: AbortSignal): Promise<SeriesAnswer> {
  const url = new URL('api/v1/series', root);
  url.search = new URLSearchParams({
    names: chartSeries(choice).join(','),
    from: `-${choice.range.ms / 60_000}m`,
    to: 'now',
  }).toString();
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  if (!answer.ok) throw new Error(`api/v1/series: want 200, got ${answer.status}`);
  const series: SeriesAnswer = await answer.json();
  return series;
}
