import type { PageVerdict } from '../model/page-verdict.ts';
import { html, type Html } from './html.ts';

const WIDTH = 80;
const HEIGHT = 8;

/**
 * A bar that shows how much of something is used; the figure stands beside it.
 * @param ratio may exceed `mark`; null draws nothing.
 * @param mark where the limit is drawn.
 */
export function ratioBar(ratio: number | null, mark: number, verdict: PageVerdict): Html | undefined {
  if (ratio === null) return undefined;
  // Room to the right of the limit, so that one sees by how much it is passed.
  const full = mark * 1.5;
  const width = Math.min(1, Math.max(0, ratio / full)) * WIDTH;
  const at = (mark / full) * WIDTH;
  return html`<svg
    class="ratio verdict-${verdict}"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    <rect class="ratio-ground" x="0" y="1" width="${WIDTH}" height="6" rx="2" />
    <rect class="ratio-fill" x="0" y="1" width="${width.toFixed(1)}" height="6" rx="2" />
    <path class="ratio-mark" d="M${at.toFixed(1)} 0V${HEIGHT}" />
  </svg>`;
}
