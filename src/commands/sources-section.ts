import { readByLabel } from '../metrics/read-metric.ts';
import type { ListenerFigures } from '../metrics/history-metrics.ts';
import type { PageSources, SidecarState, SourceRow } from '../model/page-sources.ts';
import type { SourceReading } from '../model/source.ts';
import type { Config } from '../config/config.ts';
import type { History } from './start-history.ts';
import type { Observation } from './observation.ts';

/** What the section is made of. */
export interface SourcesFacts {
  readonly observation: Observation;
  readonly history: History;
  readonly readings: ReadonlyMap<string, SourceReading | undefined>;
  readonly listeners: ListenerFigures;
  readonly config: Config;
  /** Whether a database is tapped, and whether it can be. */
  readonly hasDatabaseTap: boolean;
  readonly dropped: number;
}

function sourceRow(name: string, reading: SourceReading | undefined): SourceRow {
  return {
    name,
    isOk: reading?.ok ?? null,
    readAtMs: reading?.wallMs ?? null,
    durationMs: reading?.durationMs ?? null,
    samples: reading?.ok === true ? reading.samples.length : null,
    reason: reading?.ok === false ? reading.reason : null,
  };
}

const TAP: SourceRow = {
  name: 'database',
  isOk: true,
  readAtMs: null,
  durationMs: null,
  samples: null,
  reason: null,
};

async function sidecarState(facts: SourcesFacts): Promise<SidecarState> {
  const { observation, history, listeners, config } = facts;
  const { registry, sidecar } = observation;
  const { isOk, loadedAtMs } = sidecar.lastReload();
  const droppedBy = await readByLabel(registry, 'mcp_vitals_tap_dropped_total', 'reason');
  const capped = await readByLabel(registry, 'mcp_vitals_label_values_capped_total', 'label');
  const { recent, readings } = history;
  return {
    cpuRatio: readings.last('sidecar_cpu_ratio') ?? null,
    memoryBytes: process.memoryUsage.rss(),
    isTapEnabled: config.tap.enabled,
    dropped: facts.dropped,
    droppedBy: [...droppedBy].flatMap(([reason, count]) => (count === 0 ? [] : [{ reason, count }])),
    namesCapped: [...capped].flatMap(([label, count]) => (count === 0 ? [] : [{ label, count }])),
    reloadedAtMs: loadedAtMs ?? null,
    isLastReloadOk: isOk,
    isStateWritten: observation.isStateWritten() ?? null,
    history: {
      series: recent.size,
      bytes: recent.bytes,
      refused: recent.refused,
      fromMs: recent.oldestMs ?? null,
      spanMs: recent.spanMs,
      isFurtherInPrometheus: config.sources.prometheus !== undefined,
    },
    listeners: { ...listeners, most: config.page.maxListeners },
  };
}

/** The section of the sources and of the sidecar itself. */
export async function sourcesSection(facts: SourcesFacts): Promise<PageSources> {
  return {
    rows: [
      ...(facts.hasDatabaseTap ? [TAP] : []),
      ...[...facts.readings].map(([name, reading]) => sourceRow(name, reading)),
    ],
    sidecar: await sidecarState(facts),
  };
}
