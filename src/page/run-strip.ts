import type { PageProbeRun } from '../model/page-probes.ts';
import { html, type Html } from './html.ts';
import { quantity } from './quantity.ts';

const BAR = 6;
const GAP = 2;
const HEIGHT = 24;
/** Runs are drawn beside each other up to here. */
const MOST = 30;

/** The last runs, the latest at the right: as high as they took long; failures are whole and crossed out. */
export function runStrip(runs: readonly PageProbeRun[]): Html {
  const shown = runs.slice(0, MOST).toReversed();
  const longest = Math.max(...shown.map(({ durationMs }) => durationMs), 1);
  const width = MOST * (BAR + GAP);
  const failed = shown.filter(({ outcome }) => outcome === 'failure').length;
  return html`<svg
    class="runs"
    viewBox="0 0 ${width} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${failed} of the last ${shown.length} runs failed; the longest took ${quantity(longest, 'ms')}"
  >
    ${shown.map(({ outcome, durationMs }, n) => {
      const x = n * (BAR + GAP);
      const height = outcome === 'failure' ? HEIGHT : 3 + (Math.max(0, durationMs) / longest) * (HEIGHT - 5);
      return html`<rect
          class="run run-${outcome}"
          x="${x}"
          y="${(HEIGHT - height).toFixed(1)}"
          width="${BAR}"
          height="${height.toFixed(1)}"
        />${outcome === 'failure' && html`<path class="run-cross" d="M${x} 9l${BAR} 6m0-6l-${BAR} 6" />`}`;
    })}
  </svg>`;
}
