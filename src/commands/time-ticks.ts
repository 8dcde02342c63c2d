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
