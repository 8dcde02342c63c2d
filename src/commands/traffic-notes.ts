import type { CapacityPlan } from '../baselines/capacity-plan.ts';
import { momentText } from './time-ticks.ts';
import type { MeasuredTraffic } from './measured-traffic.ts';
import { kilobytes, percent, rate } from './plan-figures.ts';
import type { PlanOptions } from './plan-options.ts';

type Options = Pick<Extract<PlanOptions, { ok: true }>, 'stated' | 'traffic'>;

/** What a demand was taken from, and what of it does not fit the plan; one line each. */
export function trafficNotes(
  measured: MeasuredTraffic,
  { stated, traffic }: Options,
  plan: CapacityPlan | undefined,
): readonly string[] {
  const { server, rates, firstMs, lastMs, minutes, peak, p99, median, quiet } = measured;
  const { sessions, requestBytes, responseBytes, p99Ms, errorRatio, instances } = measured;
  const taken = stated.requestsPerSecond === undefined ? (traffic?.take ?? 'peak') : '--rps';
  const used = { peak: 'the peak is taken', p99: 'the P99 is taken', '--rps': '--rps is taken instead' };
  const budget = plan?.demand.errorRatio;
  const expected = plan?.possible === true ? plan.recommended.p99Ms.value : undefined;
  return [
    `${server}, ${momentText(firstMs)} to ${momentText(lastMs)} UTC, ${rate(minutes)} minutes of ${rates.name}${instances === undefined ? '' : `, ${rate(instances)} ${instances === 1 ? 'instance' : 'instances'} in all`}`,
    `requests/s: peak ${rate(peak.value)} on ${momentText(peak.atMs)} UTC, P99 of the minutes ${rate(p99)}, median ${rate(median)}, quiet (P5) ${rate(quiet)}: ${used[taken]}`,
    sessions === undefined
      ? 'no sessions are counted: the demand has users only if --users states them'
      : `at most ${rate(sessions)} sessions at a time${stated.users === undefined ? '' : ': --users is taken instead'}`,
    ...(requestBytes === undefined || responseBytes === undefined
      ? ['no sizes are measured: those of the document, if not stated']
      : [`on average ${kilobytes(requestBytes)} a request, ${kilobytes(responseBytes)} an answer`]),
    ...(p99Ms === undefined
      ? []
      : [
          `P99 of the tool calls ${rate(Math.round(p99Ms))} ms (read off buckets)${expected !== undefined && p99Ms > expected ? `, above the ${rate(Math.round(expected))} ms of the tables: they are not this server's; give it a baseline of its own` : ''}`,
        ]),
    ...(errorRatio !== undefined && (errorRatio > 0 || budget !== undefined)
      ? [
          `${percent(errorRatio)} of the requests failed by the server's fault${budget !== undefined && errorRatio > budget ? ', more than --error-budget: no number of instances cures that' : ''}`,
        ]
      : []),
    ...measured.notes,
  ];
}
