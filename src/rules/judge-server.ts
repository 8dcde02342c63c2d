import { formatFigure } from '../model/format-figure.ts';
import type { ConditionRow } from '../model/page-conditions.ts';
import type {
  HealthFigure,
  HealthReason,
  HealthRow,
  PageHealth,
  PageReadiness,
} from '../model/page-health.ts';
import type { ToolRow } from '../model/page-tools.ts';
import type { PageVerdict } from '../model/page-verdict.ts';
import { declarationOf, runbookOf } from './local-conditions.ts';
import type { Area } from './rule-model.ts';
import { thresholds } from './thresholds.ts';

/** Figures that users feel: one of these that is bad makes the server bad at once, before any alert fires. */
const FELT: readonly HealthFigure[] = ['error_ratio', 'latency_p99'];

const RANK: Readonly<Record<PageVerdict, number>> = { bad: 0, watch: 1, ok: 2, unknown: 3 };

/** What is judged, and how it was a moment ago. */
export interface ServerReadings {
  /** Unix time in milliseconds. */
  readonly atMs: number;
  readonly readiness: PageReadiness;
  readonly rows: readonly HealthRow[];
  readonly tools: readonly ToolRow[];
  readonly conditions: readonly ConditionRow[];
  /** What live figures of traffic look back on. */
  readonly windowSeconds: number;
  /** The judgement before; undefined at first. */
  readonly before: PageHealth | undefined;
}

/** Where the page says more of what an alert is about. */
const SECTION_OF: Readonly<Record<Area, HealthReason['section']>> = {
  latency: 'conditions',
  errors: 'conditions',
  throughput: 'conditions',
  database: 'conditions',
  cache: 'conditions',
  process: 'conditions',
  capacity: 'headroom',
  leaks: 'leaks',
  probes: 'probes',
  monitoring: 'sources',
};

/** Alerts on a figure, the one whose runbook is fit for it first. While one of them fires, the figure by itself says nothing new. */
const ALERTS_ON: Readonly<Record<HealthFigure, readonly string[]>> = {
  throughput: ['McpThroughputBelowDemand'],
  latency_p50: ['McpLatencyAboveBaseline', 'McpLatencyFarAboveBaseline'],
  latency_p95: ['McpLatencyAboveBaseline', 'McpLatencyFarAboveBaseline'],
  latency_p99: ['McpLatencyFarAboveBaseline', 'McpLatencyAboveBaseline'],
  latency_p999: ['McpLatencyAboveBaseline', 'McpLatencyFarAboveBaseline'],
  error_ratio: ['McpErrorRatioHigh', 'McpServerUnreachable', 'McpErrorsAboveBaseline'],
  cpu_ratio: ['McpCpuAboveBaseline', 'McpCpuSaturated'],
  memory_bytes: ['McpMemoryAboveBaseline', 'McpMemoryNearLimit', 'McpMemoryExhausted'],
  pool_ratio: ['McpPoolAboveBaseline', 'McpPoolNearlyExhausted'],
  cache_hit_ratio: ['McpCacheHitRateLow'],
};

const TOOL_ALERT = 'McpToolFailing';

type Reason = Omit<HealthReason, 'sinceMs' | 'next'> & { readonly sinceMs?: number };

function rowReason(
  { figure, name, verdict, words }: HealthRow,
  firing: ReadonlySet<string>,
): Reason | undefined {
  if (verdict !== 'bad' && verdict !== 'watch') return undefined;
  if (ALERTS_ON[figure].some((alert) => firing.has(alert))) return undefined;
  const isFelt = FELT.includes(figure);
  return {
    verdict: verdict === 'bad' && isFelt ? 'bad' : 'watch',
    text: `${name}: ${words}`,
    alert: ALERTS_ON[figure][0] ?? null,
    section: 'health',
  };
}

/** A tool most calls of which fail, at once: which it is says more than how many of all requests fail. */
function toolReason(
  { name, errorRatio, verdict }: ToolRow,
  told: readonly ConditionRow[],
): Reason | undefined {
  if (verdict !== 'bad' || errorRatio === null || errorRatio <= thresholds.failureRatio.ofOneTool) {
    return undefined;
  }
  if (told.some((row) => row.name === TOOL_ALERT && row.labels['tool'] === name)) return undefined;
  return {
    verdict: declarationOf(TOOL_ALERT)?.severity === 'critical' ? 'bad' : 'watch',
    text: `${name} fails: ${formatFigure(errorRatio, 'ratio')} of its calls, by the server's fault`,
    alert: TOOL_ALERT,
    section: 'tools',
  };
}

const isTold = ({ severity, state, inhibitedBy }: ConditionRow): boolean =>
  state === 'firing' && inhibitedBy === null && (severity === 'critical' || severity === 'warning');

function conditionReason({ name, severity, words, sinceMs }: ConditionRow): Reason {
  return {
    verdict: severity === 'critical' ? 'bad' : 'watch',
    text: `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`,
    alert: declarationOf(name) === undefined ? null : name,
    section: SECTION_OF[declarationOf(name)?.area ?? 'errors'],
    sinceMs,
  };
}

function unreadyReason({ ready, reason }: PageReadiness): Reason | undefined {
  if (ready !== false) return undefined;
  return {
    verdict: 'bad',
    text: `The server takes no connections: ${reason ?? 'no reason given'}`,
    alert: 'McpServerUnreachable',
    section: 'health',
  };
}

/** What a reason is about, without its figures, which change from one moment to the next. */
const subjectOf = ({ text, section }: Pick<Reason, 'text' | 'section'>): string =>
  `${section} ${text.split(':', 1)[0] ?? ''}`;

/** What users feel now goes before what will come, or what only costs. */
function painOf({ alert }: HealthReason): number {
  const area = alert === null ? undefined : declarationOf(alert)?.area;
  return area === 'errors' || area === 'latency' ? 0 : 1;
}

function reasonsOf({
  readiness,
  rows,
  tools,
  conditions,
  before,
  atMs,
}: ServerReadings): readonly HealthReason[] {
  const told = conditions.filter(isTold);
  const firing = new Set(told.map(({ name }) => name));
  const known = new Map(before?.reasons.map((reason) => [subjectOf(reason), reason.sinceMs]));
  return [
    unreadyReason(readiness),
    ...told.map(conditionReason),
    ...tools.map((tool) => toolReason(tool, told)),
    ...rows.map((row) => rowReason(row, firing)),
  ]
    .filter((reason) => reason !== undefined)
    .map((reason): HealthReason => ({
      ...reason,
      next: runbookOf(reason.alert ?? '')?.now ?? [],
      sinceMs: reason.sinceMs ?? known.get(subjectOf(reason)) ?? atMs,
    }))
    .toSorted((one, other) => RANK[one.verdict] - RANK[other.verdict] || painOf(one) - painOf(other));
}

const figures = (count: number): string => `${count} ${count === 1 ? 'figure is' : 'figures are'}`;

function wordsOf(verdict: PageVerdict, reasons: readonly HealthReason[], rows: readonly HealthRow[]): string {
  const [first] = reasons;
  switch (verdict) {
    case 'bad':
    case 'watch': {
      const others = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
      return `${first?.text.replace(/\.$/, '') ?? ''}${others}.`;
    }
    case 'ok': {
      const unknown = rows.filter((row) => row.verdict === 'unknown').length;
      return `All is as the baseline has it${unknown === 0 ? '' : `; ${figures(unknown)} not known`}.`;
    }
    case 'unknown':
      return 'Nothing is known yet: no request was seen in the last minute.';
    default:
      return verdict satisfies never;
  }
}

/** Says how a server fares as a whole: by its readiness, by what fires, and by its figures. */
export function judgeServer(readings: ServerReadings): PageHealth {
  const { readiness, rows, windowSeconds, before, atMs } = readings;
  const reasons = reasonsOf(readings);
  const isKnown = rows.some(({ verdict }) => verdict !== 'unknown');
  const verdict = reasons[0]?.verdict ?? (isKnown ? 'ok' : 'unknown');
  const sinceMs = before?.verdict === verdict ? before.sinceMs : atMs;
  return {
    verdict,
    words: wordsOf(verdict, reasons, rows),
    sinceMs: verdict === 'unknown' ? null : sinceMs,
    reasons,
    readiness,
    windowSeconds,
    rows,
  };
}
