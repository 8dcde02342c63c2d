import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decideReplicas, noHistory } from '../../src/baselines/hpa-decision.ts';
import { proposeReplicas } from '../../src/baselines/hpa-proposal.ts';
import type { HpaMetric, HpaRules } from '../../src/baselines/hpa-spec.ts';

/** One autoscaler with what its metrics asked for every 15 seconds, and the replicas that Kubernetes set. */
interface RecordedDecisions {
  readonly min: number;
  readonly max: number;
  readonly start: number;
  readonly scaleUp: HpaRules;
  readonly scaleDown: HpaRules;
  readonly proposals: readonly number[];
  readonly replicas: readonly number[];
}

/** Readings of a metric, and the replicas that Kubernetes made of them. */
interface RecordedProposal {
  readonly kind: 'Utilization' | 'AverageValue';
  readonly current: number;
  readonly target: number;
  readonly request?: number;
  readonly values: readonly number[];
  readonly unready: number;
  readonly missing: number;
  readonly want: number;
}

async function recorded<Row>(file: string): Promise<readonly Row[]> {
  const text = await readFile(join(import.meta.dirname, 'kubernetes', file), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line): Row => JSON.parse(line));
}

function decided({ min, max, start, scaleUp, scaleDown, proposals }: RecordedDecisions): readonly number[] {
  const spec = { minReplicas: min, maxReplicas: max, metrics: [], scaleUp, scaleDown };
  let [current, history] = [start, noHistory];
  return proposals.map((proposed, n) => {
    const decision = decideReplicas(spec, history, n * 15, current, proposed);
    ({ replicas: current, history } = decision);
    return current;
  });
}

describe('the autoscaler beside the controller of Kubernetes', () => {
  it('sets the same replicas: 120 behaviours, 60 decisions each', async () => {
    const rows = await recorded<RecordedDecisions>('hpa-decisions.jsonl');
    expect(rows).toHaveLength(120);
    expect(rows.map(decided)).toEqual(rows.map(({ replicas }) => replicas));
    // Not for want of anything to decide.
    const changes = rows.flatMap(({ replicas }) => replicas.filter((each, n) => each !== replicas[n - 1]));
    expect(changes.length).toBeGreaterThan(500);
  });

  it('asks for the same replicas: 400 sets of readings, with pending and unmeasured pods', async () => {
    const rows = await recorded<RecordedProposal>('hpa-proposals.jsonl');
    expect(rows).toHaveLength(400);
    const proposed = rows.map(({ kind, current, target, request, values, unready, missing }) => {
      const metric: HpaMetric =
        kind === 'Utilization'
          ? { type: 'Resource', name: 'cpu', averageUtilization: target }
          : { type: 'Pods', name: 'requests_per_second', averageValue: target / 1000 };
      const readings = { millis: values, unready, missing };
      return proposeReplicas(metric, current, {
        ...readings,
        ...(request !== undefined && { requestMillis: request }),
      });
    });
    expect(proposed).toEqual(rows.map(({ want }) => want));
    expect(
      rows.some(({ unready, missing, want, current }) => unready + missing > 0 && want !== current),
    ).toBe(true);
  });
});
