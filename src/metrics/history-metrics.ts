import type { Registry } from '@prometheus-io/client';
import { countElsewhere, instrument } from './instruments.ts';

/** What the page remembers, and who listens to it. */
export interface HistoryFigures {
  readonly size: number;
  readonly bytes: number;
  readonly refused: number;
}

/** Exports what the memory of the page costs. */
export function exportHistory(registry: Registry, history: HistoryFigures): void {
  instrument('mcp_vitals_history_series', registry, (gauge) => gauge.set(history.size));
  instrument('mcp_vitals_history_bytes', registry, (gauge) => gauge.set(history.bytes));
  countElsewhere('mcp_vitals_history_series_refused_total', registry, () => history.refused);
}

/** How the listeners of the page's events fare. */
export interface ListenerFigures {
  readonly open: number;
  readonly skipped: number;
  readonly dropped: number;
  readonly refused: number;
}

/** Exports how the listeners of the page's events fare. */
export function exportListeners(registry: Registry, read: () => ListenerFigures): void {
  instrument('mcp_vitals_page_listeners', registry, (gauge) => gauge.set(read().open));
  countElsewhere('mcp_vitals_page_updates_skipped_total', registry, () => read().skipped);
  countElsewhere('mcp_vitals_page_listeners_dropped_total', registry, () => read().dropped);
  countElsewhere('mcp_vitals_page_listeners_refused_total', registry, () => read().refused);
}
