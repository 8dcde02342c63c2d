import type { LiveRow, LiveSnapshot } from '../model/live-snapshot.ts';
import { PROBE_STATES } from '../model/probe-result.ts';
import { backendLines } from './backend-lines.ts';
import { detectorLines } from './detector-lines.ts';
import { probeLines } from './probe-lines.ts';
import { count, figure, label, paint, tame, toolTable } from './terminal-table.ts';
import type { Accent, Span } from './terminal-table.ts';

/** How a view is written. */
export interface ViewOptions {
  /** With colour codes (default: without). */
  readonly color?: boolean;
  /** Requests a second at earlier refreshes, oldest first: drawn as a line of bars. */
  readonly rateHistory?: readonly number[];
}

const bars = '▁▂▃▄▅▆▇█';

function sparkline(history: readonly number[]): string {
  const top = Math.max(...history, 1);
  return history
    .map((rate) => bars[Math.min(7, Math.floor((Math.max(0, rate) / top) * 7.999))] ?? '')
    .join('');
}

function two(value: number): string {
  return String(value % 60).padStart(2, '0');
}

/** 3725 → `1:02:05`, 65 → `1:05`. */
function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60);
  return whole < 3600
    ? `${minutes}:${two(whole)}`
    : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`;
}

function errorSpan(name: string, value: number, accent: Accent): Span {
  return [
    [`${name} `, 'plain'],
    [count(value), value > 0 ? accent : 'plain'],
  ];
}

const gap: Span = [['   ', 'plain']];

function trafficLines(snapshot: LiveSnapshot, rateHistory: readonly number[]): Span[] {
  const { errors } = snapshot;
  return [
    [
      label('rate'),
      [figure(snapshot.requestsPerSecond), 'strong'],
      [` requests/s`, 'plain'],
      [` (baseline ${count(snapshot.baselineRequestsPerSecond)})`, 'faint'],
      ...(rateHistory.length > 1
        ? ([
            ['  ', 'plain'],
            [sparkline(rateHistory), 'faint'],
          ] as const)
        : []),
    ],
    [
      label('sessions'),
      [count(snapshot.sessionsActive), 'strong'],
      [' active', 'plain'],
      [` (${count(snapshot.sessionsOpened)} opened, ${count(snapshot.sessionsClosed)} closed)`, 'faint'],
      ...gap,
      [`streams ${count(snapshot.streamsOpen)}   in flight ${count(snapshot.inFlight)}`, 'plain'],
    ],
    [
      label('errors'),
      ...errorSpan('transport', errors.transport, 'bad'),
      ...gap,
      ...errorSpan('rpc', errors.rpc, 'over'),
      ...gap,
      ...errorSpan('tool', errors.tool, 'over'),
      ...(snapshot.tapDropped > 0
        ? ([
            ['   ', 'plain'],
            [`not observed ${count(snapshot.tapDropped)}`, 'over'],
          ] as const)
        : []),
    ],
  ];
}

/** What the two figures of a cell are. */
function legend(snapshot: LiveSnapshot): Span {
  const known = [...snapshot.tools, snapshot.totals].some((row) => row.baseline !== undefined);
  return known ? [['  measured / baseline', 'faint']] : [];
}

/** The probes with a free line before them, if there are any. */
function probeBlock({ probes }: LiveSnapshot): Span[] {
  return probes.length === 0 ? [] : [[], ...probeLines(probes)];
}

/** The status page lies beside /metrics. */
const pageUrl = ({ metricsUrl }: LiveSnapshot): string =>
  URL.canParse(metricsUrl) ? new URL('./', metricsUrl).href : '';

/** Draws the live view: lines of at most `width` cells, without a newline at the end. */
export function renderView(snapshot: LiveSnapshot, width: number, options: ViewOptions = {}): string {
  const { color = false, rateHistory = [] } = options;
  const lines: Span[] = [
    [
      ['  mcp-vitals', 'strong'],
      [`   up ${clockText(snapshot.uptimeSeconds)}`, 'faint'],
    ],
    [],
    [
      label('clients'),
      [tame(snapshot.listen), 'plain'],
      [' → ', 'faint'],
      [tame(snapshot.upstream), 'plain'],
    ],
    [label('page'), [tame(pageUrl(snapshot)), 'strong']],
    [label('metrics'), [tame(snapshot.metricsUrl), 'plain']],
    [],
    ...trafficLines(snapshot, rateHistory.slice(-Math.max(0, Math.min(40, width - 48)))),
    ...backendLines(snapshot.backends),
    ...detectorLines(snapshot.detectors),
    [],
    ...toolTable(snapshot.tools, snapshot.totals, width),
    [],
    legend(snapshot),
    ...probeBlock(snapshot),
  ];
  return lines.map((line) => paint(line, width, color)).join('\n');
}

/** A row with its rate over the whole run instead of lately. */
function averaged(row: LiveRow, seconds: number): LiveRow {
  return { ...row, ratePerSecond: row.calls / Math.max(seconds, 1) };
}

/** Writes what was measured, for the end of a run; ends with a newline. Rates are averages over the run. */
export function renderSummary(snapshot: LiveSnapshot, width = 80, options: ViewOptions = {}): string {
  const { color = false } = options;
  const { totals, uptimeSeconds } = snapshot;
  const tools = snapshot.tools.map((row) => averaged(row, uptimeSeconds));
  const lines: Span[] = [
    [[`Measured ${count(totals.calls)} tool calls in ${figure(uptimeSeconds)} s.`, 'strong']],
    [],
    ...toolTable(tools, averaged(totals, uptimeSeconds), width),
    legend(snapshot),
    [],
    ...trafficLines(snapshot, []).slice(1),
    ...backendLines(snapshot.backends),
    ...detectorLines(snapshot.detectors),
    ...probeBlock(snapshot),
  ];
  return `${lines.map((line) => paint(line, width, color)).join('\n')}\n`;
}

/** `probes 4 up 1 down`, without the states that no probe is in. */
function probeCounts({ probes }: LiveSnapshot): string[] {
  const counts = PROBE_STATES.map((state) => ({
    state,
    n: probes.filter((probe) => probe.state === state).length,
  }));
  const text = counts.flatMap(({ state, n }) => (n === 0 ? [] : [`${n} ${state}`])).join(' ');
  return text === '' ? [] : [`probes ${text}`];
}

/** One line for a log or a pipe. */
export function renderLine(snapshot: LiveSnapshot): string {
  const { totals, errors } = snapshot;
  const percentile = (name: string, key: 'p50Ms' | 'p95Ms' | 'p99Ms'): string => {
    const baseline = totals.baseline?.[key];
    return `${name} ${figure(totals[key])}${baseline === undefined ? '' : `/${figure(baseline)}`}`;
  };
  return [
    clockText(snapshot.uptimeSeconds).padStart(5),
    `${figure(snapshot.requestsPerSecond)} requests/s`,
    `${percentile('P50', 'p50Ms')} ${percentile('P95', 'p95Ms')} ${percentile('P99', 'p99Ms')} ms`,
    `errors ${errors.transport} transport ${errors.rpc} rpc ${errors.tool} tool`,
    `sessions ${snapshot.sessionsActive} streams ${snapshot.streamsOpen}`,
    ...(snapshot.detectors?.verdicts ?? []).map(({ detector, series, state }) =>
      [state, detector, series].join(' ').trim(),
    ),
    ...probeCounts(snapshot),
  ].join('  ');
}
