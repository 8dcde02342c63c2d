import type { AlertDeclaration, AlertGroup, Severity } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';

const memory = {
  query:
    'mcp_process_memory_bytes{job="$job",instance="$instance"} or mcp_process_memory_limit_bytes{job="$job",instance="$instance"}',
  shows: 'the course since the last start, beside the limit',
};
const sessions = {
  query:
    'increase(mcp_sessions_opened_total{job="$job",instance="$instance"}[1h]) or increase(mcp_sessions_closed_total{job="$job",instance="$instance"}[1h])',
  shows: 'sessions opened and closed: the difference is exact where a trend is a guess',
};
const verdict = {
  query:
    'mcp_detector_limit_ratio{job="$job",instance="$instance"} or mcp_detector_slope_limit_ratio_per_hour{job="$job",instance="$instance"} or mcp_detector_load_explained_ratio{job="$job",instance="$instance"}',
  shows: 'level, growth an hour (both as a share of the limit) and how much of it the load explains',
};
const fromDetector = ['detector', 'series'];
const sameSeries = `detector=%q,series=%q`;

/** By the verdict of a detector: 2 ticket, 3 urgent, 4 page. */
function verdictAlert(
  alert: string,
  state: number,
  severity: Severity,
  what: string,
  now: string,
  inhibits: readonly string[],
): AlertDeclaration {
  return {
    alert,
    severity,
    area: 'leaks',
    when: `a detector's verdict is ${what}`,
    // The detectors confirm their verdicts for half an hour and more themselves.
    expr: () => `mcp_detector_state == ${state}`,
    for: '0s',
    keepFiringFor: '30m',
    summary: `The detector {{ $labels.detector }}{{ with $labels.series }} ({{ . }}){{ end }} found growth without end at ${SERVER}.`,
    description: `Its verdict is ${value('count')} of 4, where at most 1 is expected. It grows by ${also('mcp_detector_slope_limit_ratio_per_hour', 'percentage', { labels: sameSeries, from: fromDetector, otherwise: 'an unknown share' })} of its limit an hour and is at ${also('mcp_detector_limit_ratio', 'percentage', { labels: sameSeries, from: fromDetector, otherwise: 'an unknown share' })} of it now. At this slope the limit is reached in ${also('mcp_detector_seconds_to_limit', 'duration', { labels: sameSeries, from: fromDetector, otherwise: 'an unknown time' })}; the load explains ${also('mcp_detector_load_explained_ratio', 'percentage', { labels: sameSeries, from: fromDetector, otherwise: 'an unknown share' })} of it.`,
    inhibits,
    runbook: {
      meaning:
        'A detector looked at the lower envelope since the last start, told growth from plateau, step and load, and found a leak (or drift, for latency and throughput).',
      confirm: [verdict, memory, sessions],
      causes: [
        'Sessions kept when the client sends no DELETE: one server created 224 and removed none in 18 hours; another lost 100 KB a session and was out of memory in 6 days.',
        'Tasks that grow with each request; listeners that are added and never removed.',
        'Parked GET streams; children over stdio that stay; outbound connections.',
        'A cache without a bound.',
      ],
      now: [now],
      later: [
        'Bytes per session (the detector `bytes_per_session`) names the cause where sessions are it.',
        'Close idle sessions on the server; a daily restart until it is mended.',
      ],
    },
  };
}

/** True of a server for which no detector runs. */
const noDetectors = 'unless on (job, instance) mcp_detector_last_evaluation_timestamp_seconds';

/** Rises of 4 % and more in each of three windows of 4 hours, 8 hours apart. */
const creep = (series: string, w: (duration: string) => string, total: number): string => {
  const low = (offset: string) =>
    offset === ''
      ? `min_over_time(${series}[${w('4h')}])`
      : `min_over_time(${series}[${w('4h')}] offset ${w(offset)})`;
  return `${low('')} / ${low('16h')} > ${1 + total} and ${low('')} / ${low('8h')} > 1.04 and ${low('8h')} / ${low('16h')} > 1.04`;
};

/** Load that grew less than a tenth in the same time. */
const notByLoad = (w: (duration: string) => string): string =>
  `and on (job, instance) (avg_over_time(job_instance:mcp_requests:rate5m[${w('4h')}]) < 1.1 * avg_over_time(job_instance:mcp_requests:rate5m[${w('4h')}] offset ${w('16h')}))`;

/** What grows without end. */
export const leakAlerts: AlertGroup = {
  name: 'leaks',
  dashboard: 'mcp-leaks',
  interval: '1m',
  title: 'Leaks',
  about:
    'From the verdicts of the detectors. For servers without detectors there are coarse fall-backs in PromQL alone: they look at lows of four hours, eight hours apart, and miss what is slow or young.',
  alerts: [
    verdictAlert(
      'McpLeakPage',
      4,
      'critical',
      'page: the limit is less than 12 hours away',
      'Plan a restart before the limit is reached: the description says when. Drain first.',
      ['McpLeakUrgent', 'McpLeakTicket', 'McpMemoryNearLimit', 'McpMemoryAboveBaseline'],
    ),
    verdictAlert(
      'McpLeakUrgent',
      3,
      'warning',
      'urgent: over 1 % of the limit an hour, or less than 72 hours to it',
      'Nothing tonight; within a day decide on a restart.',
      ['McpLeakTicket'],
    ),
    verdictAlert('McpLeakTicket', 2, 'warning', 'ticket: growth that will matter', 'Nothing tonight.', []),
    {
      alert: 'McpMemoryGrowth',
      severity: 'warning',
      area: 'leaks',
      when: 'no detector runs, and the low of the memory rose in each of two steps of 8 hours, by 10 % in 16 hours, without a restart and without more load',
      expr: (w) =>
        `(${creep('job_instance:mcp_memory:bytes', w, 0.1)}) ${notByLoad(w)} unless on (job, instance) (increase(mcp_process_restarts_total[${w('1d')}]) > 0) ${noDetectors}`,
      for: '1h',
      keepFiringFor: '1h',
      summary: `The memory of ${SERVER} grows and does not come back.`,
      description: `Its low of the last 4 hours is ${value('number')} times that of 16 hours before, with the load the same. Now ${also('job_instance:mcp_memory:bytes', 'bytes')}B, the baseline is ${also('mcp_baseline_memory_bytes', 'bytes', { otherwise: '2.1Gi' })}B; the document's endurance test grew by 67 MB an hour.`,
      inhibits: ['McpMemoryAboveBaseline'],
      runbook: {
        meaning: 'Very likely a leak, or a cache that is still filling.',
        confirm: [memory, sessions],
        causes: ['Those of McpLeakTicket.', 'A cache that fills for days.'],
        now: ['Nothing tonight: (limit − level) ÷ growth an hour says how long there is.'],
        later: ['Switch the detectors on: they tell a leak from a cache.'],
      },
    },
    {
      alert: 'McpConnectionCreep',
      severity: 'warning',
      area: 'leaks',
      when: "no detector runs, and the low of a pool's usage rose in each of two steps of 8 hours, by 10 % in 16 hours, without more load",
      expr: (w) => `(${creep('connection_pool_usage', w, 0.1)}) ${notByLoad(w)} ${noDetectors}`,
      for: '1h',
      keepFiringFor: '1h',
      summary: `Connections of the pool {{ $labels.pool_type }} of ${SERVER} are not given back.`,
      description: `The low of its usage over 4 hours is ${value('number')} times that of 16 hours before, with the load the same; the document's endurance test went from 48 to 58 connections in a day. Now ${also('connection_pool_usage', 'percentage', { labels: `pool_type=%q`, from: ['pool_type'] })} are in use, the baseline is ${also('mcp_baseline_pool_ratio', 'percentage', { otherwise: '45%' })}.`,
      inhibits: ['McpPoolAboveBaseline'],
      runbook: {
        meaning: 'A small leak of connections. When the pool is used up, every call waits.',
        confirm: [
          { query: 'connection_pool_usage{job="$job",instance="$instance"}', shows: 'the slope' },
          {
            query: 'sum by (state) (mcp_postgres_sessions{job="$job",instance="$instance"})',
            shows: 'what the connections do',
          },
        ],
        causes: [
          'An exception between taking a connection and giving it back.',
          'A tool that is cancelled and keeps its connection.',
        ],
        now: ['Nothing tonight.'],
        later: [
          'Health checks of the pool (`pool_pre_ping`, `pool_recycle`); `async with` around every connection.',
        ],
      },
    },
    {
      alert: 'McpSessionLeak',
      severity: 'warning',
      area: 'leaks',
      when: 'the low of the open sessions over 15 minutes is more than 1.5 times the high of half an hour ago, more than 50, and clients end less than half of what they open by DELETE',
      expr: (w) =>
        `min_over_time(mcp_sessions_active[${w('15m')}]) > 1.5 * max_over_time(mcp_sessions_active[${w('15m')}] offset ${w('30m')}) and min_over_time(mcp_sessions_active[${w('15m')}]) > 50 and on (job, instance) (sum by (job, instance) (increase(mcp_sessions_closed_total{reason="delete"}[${w('30m')}])) < 0.5 * sum by (job, instance) (increase(mcp_sessions_opened_total[${w('30m')}])))`,
      for: '5m',
      keepFiringFor: '15m',
      summary: `Sessions of ${SERVER} pile up.`,
      description: `${value('count')} sessions are open at least, more than one and a half times as many as half an hour ago; its tier expects ${also('mcp_tier_limit', 'count', { labels: `resource='sessions'`, otherwise: '500' })} at most.`,
      inhibits: [],
      runbook: {
        meaning: 'Clients open sessions and do not close them; the server keeps each, with its memory.',
        confirm: [
          sessions,
          { query: 'mcp_sessions_active_by_age{job="$job",instance="$instance"}', shows: 'how old they are' },
          {
            query: 'rate(mcp_sessions_closed_total{job="$job",instance="$instance"}[15m])',
            shows: 'how they end: `delete` by the client, `idle` by silence',
          },
        ],
        causes: [
          'A client that sends no DELETE: `close()` of the SDK does not, `terminateSession()` does.',
          'A probe or a health check that initialises each time.',
          'Memory: server-everything goes from 77 to 214 MB over 1,500 such sessions.',
        ],
        now: ["Find the client by the server's log and stop it. If memory is short, restart."],
        later: ['An idle time-out for sessions on the server.'],
      },
    },
    {
      alert: 'McpRequestsParked',
      severity: 'warning',
      area: 'leaks',
      when: 'calls whose stream is open without an answer for too long, for 15 minutes',
      expr: () => 'max by (job, instance) (mcp_requests_parked) > 0',
      for: '15m',
      keepFiringFor: '15m',
      summary: `Calls of ${SERVER} hang on open streams.`,
      description: `${value('count')} calls have a stream but no answer, where none is expected; ${also('mcp_requests_in_flight', 'count')} are in flight.`,
      inhibits: ['McpRequestStuck'],
      runbook: {
        meaning:
          'The answer never comes; the stream sends comments or nothing. It is a hang, not a leak, but it holds memory and a connection.',
        confirm: [
          { query: 'mcp_oldest_request_age_seconds{job="$job",instance="$instance"}', shows: 'how long' },
          { query: 'mcp_streams_open{job="$job",instance="$instance"}', shows: 'streams by kind' },
        ],
        causes: [
          'A task that died without settling its promise.',
          'A person who never answers an elicitation.',
        ],
        now: ['Few: nothing. Many: restart one instance.'],
        later: ['A deadline for each call on the server.'],
      },
    },
  ],
};
