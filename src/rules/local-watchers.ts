import { formatFigure } from '../model/format-figure.ts';
import type { VerdictState } from '../model/verdict.ts';
import { holdsIf, shareOf, windowMs, type LocalJudge } from './local-judge.ts';
import { thresholds } from './thresholds.ts';

const DAY_SECONDS = 86_400;
const percent = (ratio: number): string => formatFigure(ratio, 'ratio');

/** Changes of a tool that its callers stumble over. */
const BREAKING: readonly string[] = ['removed', 'input_schema', 'output_schema'];

function leakJudge(alert: string, state: VerdictState, rank: number): LocalJudge {
  return {
    alert,
    unit: 'count',
    sees: ({ verdicts }) => verdicts !== undefined,
    held: ({ verdicts = [] }) =>
      verdicts
        .filter((each) => each.state === state)
        .map(({ detector, series, text }) => ({
          labels: { detector, ...(series === '' ? {} : { series }) },
          live: rank,
          expected: 'no growth without end',
          words: `${series === '' ? detector : `${detector} (${series})`} ${text}.`,
        })),
  };
}

function certificateJudge(alert: string, days: number): LocalJudge {
  return {
    alert,
    unit: 'seconds',
    sees: ({ probes }) => probes.some(({ certificateExpiryMs }) => certificateExpiryMs !== undefined),
    held: ({ probes, atMs }) =>
      probes.flatMap(({ name, certificateExpiryMs }) => {
        if (certificateExpiryMs === undefined) return [];
        const left = (certificateExpiryMs - atMs) / 1000;
        return holdsIf(left < days * DAY_SECONDS, () => ({
          labels: { probe: name },
          live: left,
          expected: `at least ${days} days`,
          words:
            left > 0 ? `A certificate ends in ${formatFigure(left, 'seconds')}.` : 'A certificate has ended.',
        }));
      }),
  };
}

/** What is judged by probes and detectors, and of the sidecar itself. */
export const localWatchers: readonly LocalJudge[] = [
  leakJudge('McpLeakPage', 'page', 4),
  leakJudge('McpLeakUrgent', 'urgent', 3),
  leakJudge('McpLeakTicket', 'ticket', 2),
  {
    alert: 'McpProbeDown',
    unit: 'seconds',
    sees: ({ probes }) => probes.length > 0,
    held: ({ probes, atMs }) =>
      probes
        .filter(({ state, enabled }) => state === 'down' && enabled)
        .map(({ name, lastSuccessMs, stateSinceMs, lastRun, schedule }) => {
          const seconds = (atMs - (lastSuccessMs ?? stateSinceMs ?? atMs)) / 1000;
          const why = lastRun?.reason === undefined ? '' : `: ${lastRun.reason}`;
          return {
            labels: { probe: name },
            live: seconds,
            expected: `a success every run (${schedule})`,
            words: `The probe ${name} is down${why}.`,
          };
        }),
  },
  {
    alert: 'McpProbeDegraded',
    unit: 'ms',
    sees: ({ probes }) => probes.length > 0,
    held: ({ probes }) =>
      probes
        .filter(({ state, enabled }) => state === 'degraded' && enabled)
        .map(({ name, lastRun }) => ({
          labels: { probe: name },
          live: lastRun?.durationMs ?? 0,
          expected: 'runs that succeed at once',
          words: `The probe ${name} succeeds only at times, or only when it tries again.`,
        })),
  },
  {
    alert: 'McpToolDrift',
    unit: 'count',
    sees: ({ probes }) => probes.some(({ drift }) => drift !== undefined),
    held: ({ probes }) =>
      probes.flatMap(({ name, drift = {} }) =>
        Object.entries(drift)
          .filter(([change, tools]) => BREAKING.includes(change) && tools.length > 0)
          .map(([change, tools]) => ({
            labels: { probe: name, change },
            live: tools.length,
            expected: 'the tools that were recorded',
            words: `Tools are not what they were (${change}): ${tools.slice(0, 5).join(', ')}${tools.length > 5 ? ', …' : ''}.`,
          })),
      ),
  },
  certificateJudge('McpCertificateExpiresSoon', thresholds.certificateDays.warning),
  certificateJudge('McpCertificateExpiring', thresholds.certificateDays.critical),
  {
    alert: 'McpSourceDown',
    unit: 'count',
    sees: ({ failingSources }) => failingSources !== undefined,
    held: ({ failingSources = new Map<string, string>() }) =>
      [...failingSources].map(([source, reason]) => ({
        labels: { source },
        live: 1,
        expected: 'readings that succeed',
        words: `The source ${source} cannot be read: ${reason}.`,
      })),
  },
  {
    alert: 'McpTapDropping',
    unit: 'ratio',
    sees: ({ last }) => last('exchange_rate') !== undefined,
    held: (readings) => {
      const share = shareOf(readings, 'tap_dropped_rate', 'exchange_rate', '10m') ?? 0;
      return holdsIf(share > thresholds.tapDroppedRatio, () => ({
        labels: {},
        live: share,
        expected: `at most ${percent(thresholds.tapDroppedRatio)} of exchanges`,
        words: `${percent(share)} of exchanges are not observed; the traffic goes on.`,
      }));
    },
  },
  {
    alert: 'McpLabelsOverflowing',
    unit: 'count',
    sees: ({ last }) => last('names_capped_rate') !== undefined,
    held: ({ total }) => {
      const count = Math.round(total('names_capped_rate', windowMs('1h')) ?? 0);
      return holdsIf(count > 10, () => ({
        labels: {},
        live: count,
        expected: 'at most 10 in an hour',
        words: `${count} names within an hour are beyond a cap and count as other.`,
      }));
    },
  },
  {
    alert: 'McpConfigReloadFailed',
    unit: 'count',
    sees: () => true,
    held: ({ isLastReloadOk }) =>
      holdsIf(!isLastReloadOk, () => ({
        labels: {},
        live: 0,
        expected: 'a reload that succeeds',
        words: 'The last reload of the configuration failed; the former one runs on.',
      })),
  },
  {
    alert: 'McpDetectorsNotRunning',
    unit: 'seconds',
    sees: ({ evaluatedAtMs }) => evaluatedAtMs !== undefined,
    held: ({ evaluatedAtMs, atMs }) => {
      const seconds = (atMs - (evaluatedAtMs ?? atMs)) / 1000;
      return holdsIf(seconds > thresholds.detectorSilenceSeconds, () => ({
        labels: {},
        live: seconds,
        expected: 'at most an hour between two evaluations',
        words: `The detectors have concluded nothing for ${formatFigure(seconds, 'seconds')}.`,
      }));
    },
  },
];
