import type { ConditionReadings } from '../model/condition-readings.ts';
import { labelledName } from '../model/series-name.ts';
import type { ConditionRow } from '../model/page-conditions.ts';
import type { PageHealth, PageReadiness } from '../model/page-health.ts';
import type { PageModel } from '../model/page-model.ts';
import { judgeHeadroom } from '../rules/judge-headroom.ts';
import { judgeHealth } from '../rules/judge-health.ts';
import { judgeServer } from '../rules/judge-server.ts';
import { judgeTools } from '../rules/judge-tools.ts';
import { probesSection } from '../status/probes-section.ts';
import { configSection } from './config-section.ts';
import { leaksSection } from './leaks-section.ts';
import type { PageParts } from './page-parts.ts';
import { recentSection } from './recent-section.ts';
import { serverSection } from './server-section.ts';
import { sessionsSection } from './sessions-section.ts';
import { sourcesSection } from './sources-section.ts';
import type { Conditions, AskedAlerts } from './start-conditions.ts';
import type { History } from './start-history.ts';
import { toolsSection } from './tools-section.ts';
import type { WatchedReadiness } from './watch-readiness.ts';
import type { ListenerFigures } from '../metrics/history-metrics.ts';

/** What a page is read from, beside the parts of the sidecar. */
export interface PageSource {
  /** Unix time at which the sidecar started, in milliseconds. */
  readonly startedAtMs: number;
  readonly history: History;
  readonly conditions: Conditions;
  readonly readings: () => ConditionReadings;
  readonly asked: () => AskedAlerts | undefined;
  readonly readiness: WatchedReadiness;
  readonly listeners: () => ListenerFigures;
  /** How the server fared a moment ago; undefined: nobody asked yet. */
  readonly before: () => PageHealth | undefined;
}

/** What live figures of traffic look back on. */
const WINDOW_SECONDS = 60;
/** Tools whose lines the page draws small: the most called ones. */
const MOST_DRAWN_TOOLS = 100;

/** Series that the page draws small. */
function drawnSeries(page: Pick<PageModel, 'health' | 'headroom' | 'tools'>): readonly string[] {
  const tools = page.tools.rows
    .toSorted((one, other) => other.calls - one.calls)
    .slice(0, MOST_DRAWN_TOOLS)
    .flatMap(({ name }) => [labelledName('tool_rate', name), labelledName('tool_p99_ms', name)]);
  return [
    ...page.health.rows.map(({ series }) => series),
    ...page.headroom.rows.map(({ series }) => series),
    'sessions',
    'streams',
    'in_flight',
    'error_rate',
    ...tools,
  ];
}

/** How the server fares now, by what is known of its readiness. */
export function readHealth(
  { observation, clock, snapshot }: Pick<PageParts, 'observation' | 'clock' | 'snapshot'>,
  { history, before }: Pick<PageSource, 'history' | 'before'>,
  readiness: PageReadiness,
  conditions: readonly ConditionRow[],
): PageHealth {
  const cpuRatio = observation.board.samplesOf('mcp_process_cpu_ratio')[0]?.value;
  const { mean } = history.readings;
  const live = snapshot();
  return judgeServer({
    atMs: clock.wallMs(),
    readiness,
    rows: judgeHealth({ live, baseline: observation.baseline, cpuRatio, mean }),
    tools: judgeTools(live, observation.baseline, history.readings).rows,
    conditions,
    windowSeconds: WINDOW_SECONDS,
    before: before(),
  });
}

/** Makes the page's data, all of one moment. */
export async function readPage(parts: PageParts, source: PageSource): Promise<PageModel> {
  const { observation, clock, config, detectors } = parts;
  const { history, conditions, readiness } = source;
  const inForce = config();
  const live = parts.snapshot();
  const readings = source.readings();
  const atMs = clock.wallMs();
  const judged = conditions.section(readings, source.asked());
  const health = readHealth(parts, source, await readiness.read(), judged.rows);
  const tools = toolsSection(live, observation.live.errorTypes(), observation.baseline, history.readings);
  const headroom = judgeHeadroom(observation.tier, history.readings);
  return {
    atMs,
    server: serverSection(inForce, live, observation.tier, observation, source.startedAtMs),
    health,
    conditions: judged,
    tools,
    sessions: await sessionsSection(observation, live, parts.sessionInsight()),
    probes: probesSection(live.probes, parts.probe),
    leaks: leaksSection(detectors.watched(), {
      isEnabled: inForce.detectors.enabled,
      rate: detectors.snapshot().rate,
      remark: parts.remark,
    }),
    headroom,
    sources: await sourcesSection({
      observation,
      history,
      readings: parts.readings(),
      listeners: source.listeners(),
      config: inForce,
      hasDatabaseTap: live.backends.database !== undefined,
      dropped: live.tapDropped,
    }),
    config: configSection(inForce),
    recent: recentSection(history.recent, drawnSeries({ health, headroom, tools }), atMs),
  };
}
