import { OURS } from './method.ts';
import type { JudgedSeries } from './judge.ts';
import { outcomeOf } from './score.ts';
import { formatSeriesId } from './series-id.ts';

/** One block for each series that our detectors got wrong: what, when, why it is labelled so, and what was drawn. */
export function listMisses(judged: readonly JudgedSeries[], method = OURS): readonly string[] {
  return judged.flatMap(({ id, truth, hours, parameters, episodes }) => {
    const own = episodes[method] ?? [];
    const { label, isFound, falseEpisodes } = outcomeOf(truth, hours, own);
    const isMissed = label === 'leaks' && !isFound;
    if (label === 'either' || (!isMissed && falseEpisodes === 0)) return [];
    const what = [...(isMissed ? ['MISSED'] : []), ...(falseEpisodes > 0 ? ['FALSE ALARM'] : [])].join(', ');
    const alarms = own.map(({ fromHour, toHour }) => `${fromHour.toFixed(1)}–${toHour.toFixed(1)} h`);
    const leak =
      truth.leakStartHour === undefined
        ? ''
        : `; leaks from ${truth.leakStartHour.toFixed(1)} h, limit at ${truth.exhaustionHour.toFixed(1)} h, lost ${(100 * truth.leaked).toFixed(1)} %, swing ${(100 * truth.swing).toFixed(1)} %`;
    return [
      `${what}  ${formatSeriesId(id)}  ${hours.toFixed(1)} h; ${truth.why}${leak}; alarms: ${alarms.join(', ') || 'none'}\n` +
        `    ${Object.entries(parameters)
          .map(
            ([name, value]) => `${name}=${typeof value === 'number' ? Number(value.toPrecision(3)) : value}`,
          )
          .join(' ')}`,
    ];
  });
}
