import type { SeriesUnit } from '../model/verdict.ts';

/** Values from the bottom to the top of a chart, with round ones to label. */
export interface ValueScale {
  readonly bottom: number;
  readonly top: number;
  readonly ticks: readonly number[];
}

/** Round steps, smallest first, above a size: powers of two for bytes, else 1, 2, 5, 10, … */
function roundStep(least: number, unit: SeriesUnit): number {
  if (unit === 'bytes') return 2 ** Math.ceil(Math.log2(least));
  const decade = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((step) => step * decade >= least * (1 - 1e-9)) ?? 10) * decade;
}

/** Least share of the greatest value that the height stands for: noise must not look like mountains. */
const LEAST_RANGE = 0.2;

/** The values that a scale has to reach. */
function rangeOf(least: number, greatest: number): readonly [from: number, to: number] {
  // From 0 where that takes at most half of the height: growth is not drawn larger than it is without need.
  if (least >= 0 && least <= greatest / 2) return [0, greatest || 1];
  const missing = LEAST_RANGE * Math.max(Math.abs(least), Math.abs(greatest)) - (greatest - least);
  if (missing <= 0) return [least, greatest];
  return [least - missing / 2, greatest + missing / 2];
}

/**
 * A scale on which values fill the height, without flattering.
 * @param most labels, at least 2.
 */
export function valueScale(least: number, greatest: number, unit: SeriesUnit, most: number): ValueScale {
  const [from, to] = rangeOf(least, greatest);
  for (let step = roundStep((to - from) / most, unit); ; step = roundStep(step * 1.01, unit)) {
    const first = Math.floor(from / step + 1e-9);
    const last = Math.max(first + 1, Math.ceil(to / step - 1e-9));
    if (last - first + 1 > most) continue;
    const ticks = Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
    return { bottom: first * step, top: last * step, ticks };
  }
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SPACINGS_MS = [
  ...[1, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672].map((hours) => hours * HOUR_MS),
];

/** Times to label, in UTC: round ones, at most so many. */
export function timeTicks(fromMs: number, toMs: number, most: number): readonly number[] {
  const spacing = SPACINGS_MS.find((ms) => (toMs - fromMs) / ms <= most - 1) ?? 672 * HOUR_MS;
  const first = Math.ceil(fromMs / spacing) * spacing;
  const count = Math.max(0, Math.floor((toMs - first) / spacing) + 1);
  return Array.from({ length: count }, (_, n) => first + n * spacing);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `27 Nov`, in UTC. */
export function dayText(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''}`;
}

/** `14:05`, in UTC. */
const hourText = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);

/** `27 Nov 14:05`, in UTC. */
export const momentText = (atMs: number): string => `${dayText(atMs)} ${hourText(atMs)}`;

/** How a time is labelled: midnight by its day, others by the hour. */
export const tickText = (atMs: number): string => (atMs % DAY_MS === 0 ? dayText(atMs) : hourText(atMs));
