import { BIN_MS, HOUR_MS, type SeriesHistory } from './series-history.ts';
import type { Finding } from './finding.ts';

/** A point of the evidence: one bin, or several joined. */
export interface EvidencePoint {
  readonly atMs: number;
  readonly low: number;
  readonly high: number;
  readonly load: number | undefined;
}

/** What a person looks at to believe a verdict. */
export interface Evidence {
  /** In order of time. */
  readonly points: readonly EvidencePoint[];
  /** The line that was fitted, by its two ends. */
  readonly fit:
    | { readonly fromMs: number; readonly from: number; readonly toMs: number; readonly to: number }
    | undefined;
  readonly limit: number | undefined;
  /** When the process started anew. */
  readonly restartsMs: readonly number[];
}

/**
 * Gathers what a person looks at: hours as far as they reach, then fine bins.
 * @param sign -1 for a series that is held mirrored.
 * @param fit of the finding that the verdict came from.
 */
export function evidenceOf(history: SeriesHistory, sign: 1 | -1, fit: Finding['fit']): Evidence {
  const { bins, hours, state } = history;
  const points: EvidencePoint[] = [];
  const put = (ring: typeof bins, from: number, to: number): void => {
    for (let bin = from; bin <= to; bin++) {
      const [low, high] = [sign * ring.low(bin), sign * ring.high(bin)];
      if (Number.isNaN(low)) continue;
      points.push({
        atMs: (bin + 0.5) * ring.widthMs,
        low: Math.min(low, high),
        high: Math.max(low, high),
        load: known(sign * ring.load(bin)),
      });
    }
  };
  // Hours as far as they reach, then what the fine bins know beyond them.
  if (hours.newest !== -1) put(hours, hours.oldest, hours.newest);
  const from =
    hours.newest === -1 ? bins.oldest : Math.max(bins.oldest, ((hours.newest + 1) * HOUR_MS) / BIN_MS);
  if (bins.newest !== -1) put(bins, from, bins.newest);
  const toMs = history.watchedToMs;
  return {
    points,
    fit: fit && {
      fromMs: fit.fromMs,
      from: sign * fit.from,
      toMs,
      to: sign * (fit.from + (fit.slopePerHour * (toMs - fit.fromMs)) / HOUR_MS),
    },
    limit: known(state.lastLimit),
    restartsMs: restartsOf(history),
  };
}

/** Where lives began, but for the first, which is where the watching began; short lives are counted and not remembered. */
function restartsOf({ state: { restarts, lives }, watchedFromMs }: SeriesHistory): readonly number[] {
  const beginnings = [...lives.map(({ fromMs }) => fromMs), watchedFromMs];
  return restarts > lives.length ? beginnings : beginnings.slice(1);
}

/** A value, or nothing where it is not one. */
export const known = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
