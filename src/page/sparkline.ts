import { html, type Html } from './html.ts';
import { linePath } from './line-chart.ts';

const WIDTH = 120;
const HEIGHT = 28;
const MARGIN = 3;

/** What a small chart draws. */
export interface Sparkline {
  /** Evenly spaced, oldest first; null where nothing is known. */
  readonly values: readonly (number | null)[];
  /** What they are held against, as a dashed line. */
  readonly baseline?: number | undefined;
}

/** A line without axes, as small as a word; the figures stand beside it. Empty where nothing is known. */
export function sparkline({ values, baseline }: Sparkline): Html {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return html`<span class="sparkless">no history yet</span>`;
  const all = baseline === undefined ? known : [...known, baseline];
  const greatest = Math.max(...all, 0);
  const least = Math.min(...all, 0);
  const y = (value: number): number =>
    HEIGHT - MARGIN - ((value - least) / (greatest - least || 1)) * (HEIGHT - 2 * MARGIN);
  const x = (n: number): number => MARGIN + (n / Math.max(1, values.length - 1)) * (WIDTH - 2 * MARGIN);
  const points = values.map((value, n) => (value === null ? null : ([x(n), y(value)] as const)));
  const last = points.findLast((point) => point !== null);
  return html`<svg
    class="spark"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    ${baseline === undefined ? undefined : html`<path class="line line-baseline" d="M0 ${y(baseline).toFixed(1)}H${WIDTH}" />`}
    <path class="line line-first" d="${linePath(points)}" />
    ${last && html`<path class="dot" d="${linePath([last])}" />`}
  </svg>`;
}
