import type { RecentHistory } from '../history/recent-history.ts';
import type { FigureReadings } from '../model/condition-readings.ts';
import { splitName } from '../model/series-name.ts';

/** Reads a history as conditions are judged by it: windows that end with the newest values. */
export function historyReadings(recent: RecentHistory): FigureReadings {
  const over = (series: string, windowMs: number, offsetMs = 0): Float32Array => {
    const newestMs = recent.newestMs ?? 0;
    return recent.read(series, newestMs - offsetMs - windowMs, newestMs - offsetMs);
  };
  let labels = new Map<string, string[]>();
  let labelsOfMs: number | undefined;
  return {
    mean: (series, windowMs, offsetMs) => {
      let [sum, count] = [0, 0];
      for (const value of over(series, windowMs, offsetMs)) {
        if (Number.isNaN(value)) continue;
        sum += value;
        count++;
      }
      return count === 0 ? undefined : sum / count;
    },
    total: (series, windowMs) => {
      const rates = over(series, windowMs).filter((rate) => !Number.isNaN(rate));
      if (rates.length === 0) return undefined;
      return rates.reduce((sum, rate) => sum + rate, 0) * (recent.stepMs / 1000);
    },
    max: (series, windowMs) => {
      const most = over(series, windowMs).reduce((max, value) => (value > max ? value : max), -Infinity);
      return most === -Infinity ? undefined : most;
    },
    last: (series) => recent.last(series),
    labelsOf: (figure) => {
      // Names change at most once a step.
      if (labelsOfMs !== recent.newestMs) {
        labels = new Map();
        for (const name of recent.names()) {
          const { figure: of, label } = splitName(name);
          if (label === undefined) continue;
          const known = labels.get(of);
          if (known === undefined) labels.set(of, [label]);
          else known.push(label);
        }
        labelsOfMs = recent.newestMs;
      }
      return labels.get(figure) ?? [];
    },
  };
}
