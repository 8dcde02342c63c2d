import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { documentBehavior } from '../../src/baselines/document-hpa.ts';
import { decideReplicas, noHistory } from '../../src/baselines/hpa-decision.ts';
import { proposeReplicas } from '../../src/baselines/hpa-proposal.ts';
import type { HpaPolicy, HpaRules, HpaSpec } from '../../src/baselines/hpa-spec.ts';

const SYNC = 15;

/** Rules without a window. */
const rules = (policies: readonly HpaPolicy[], selectPolicy: HpaRules['selectPolicy'] = 'Max'): HpaRules => ({
  stabilizationWindowSeconds: 0,
  policies,
  selectPolicy,
});
const free = rules([{ type: 'Percent', value: 100_000, periodSeconds: 15 }]);

/** Replicas after each decision; what is asked for is given decision by decision. */
function decided(spec: HpaSpec, start: number, proposals: readonly number[], everySeconds = SYNC): number[] {
  let [current, history] = [start, noHistory];
  return proposals.map((proposed, n) => {
    ({ replicas: current, history } = decideReplicas(spec, history, n * everySeconds, current, proposed));
    return current;
  });
}

const always = (replicas: number, times: number) => Array.from({ length: times }, () => replicas);
const changes = (replicas: readonly number[]) => replicas.filter((each, n) => each !== replicas[n - 1]);

function specOf(part: Partial<HpaSpec>): HpaSpec {
  return { minReplicas: 1, maxReplicas: 10_000, metrics: [], scaleUp: free, scaleDown: free, ...part };
}

describe('the examples that Kubernetes gives of scaling behaviour', () => {
  it('removes a tenth a minute, or 4 pods when that is more', () => {
    const scaleDown = rules([
      { type: 'Pods', value: 4, periodSeconds: 60 },
      { type: 'Percent', value: 10, periodSeconds: 60 },
    ]);
    const minutes = decided(specOf({ scaleDown }), 80, always(10, 14), 60);
    expect(minutes.slice(0, 7)).toEqual([72, 64, 57, 51, 45, 40, 36]);
    expect(minutes.slice(7)).toEqual([32, 28, 24, 20, 16, 12, 10]);
  });

  it('grows tenfold a minute with 900 percent', () => {
    const scaleUp = rules([{ type: 'Percent', value: 900, periodSeconds: 60 }]);
    expect(changes(decided(specOf({ scaleUp }), 1, always(1000, 13)))).toEqual([10, 100, 1000]);
  });

  it('adds a single pod in ten minutes', () => {
    const scaleUp = rules([{ type: 'Pods', value: 1, periodSeconds: 600 }]);
    const grown = decided(specOf({ scaleUp }), 1, always(50, 81));
    expect(grown[39]).toBe(2);
    expect(grown[40]).toBe(3);
    expect(grown[80]).toBe(4);
  });

  it('never scales down where that is disabled', () => {
    const scaleDown = rules([{ type: 'Pods', value: 4, periodSeconds: 60 }], 'Disabled');
    expect(decided(specOf({ scaleDown }), 9, always(2, 40))).toEqual(always(9, 40));
  });

  it('takes the smaller step of two with Min', () => {
    const policies: readonly HpaPolicy[] = [
      { type: 'Pods', value: 5, periodSeconds: 60 },
      { type: 'Percent', value: 10, periodSeconds: 60 },
    ];
    expect(decided(specOf({ scaleDown: rules(policies, 'Min') }), 20, always(1, 1))).toEqual([18]);
    expect(decided(specOf({ scaleUp: rules(policies, 'Min') }), 20, always(90, 1))).toEqual([22]);
    expect(decided(specOf({ scaleUp: rules(policies, 'Max') }), 20, always(90, 1))).toEqual([25]);
  });

  it('goes by the highest of the last five minutes on the way down', () => {
    const scaleDown = { ...free, stabilizationWindowSeconds: 300 };
    const asked = [...always(10, 4), ...always(3, 30)];
    const replicas = decided(specOf({ scaleDown }), 10, asked);
    // The last 10 was asked for at 45 s; it counts for less than 300 s more.
    expect(replicas.indexOf(3) * SYNC).toBe(345);
  });

  it('goes at once to the limits when it finds itself outside of them', () => {
    const limits = { minReplicas: 3, maxReplicas: 6 };
    expect(decided(specOf({ ...limits, scaleUp: rules([], 'Disabled') }), 1, [9])).toEqual([3]);
    expect(decided(specOf({ ...limits, scaleDown: rules([], 'Disabled') }), 50, [9])).toEqual([6]);
  });
});

describe('what a metric asks for', () => {
  const cpu = { type: 'Resource', name: 'cpu', averageUtilization: 70 } as const;
  const readings = (percent: readonly number[], unready = 0, missing = 0) => ({
    millis: percent.map((each) => each * 10),
    unready,
    missing,
  });

  it.each([
    ['the same within a tenth of the target', [77, 77], 0, 0, 2],
    ['one more just above it', [78, 78], 0, 0, 3],
    ['the same just above nine tenths of it', [64, 64, 64, 64], 0, 0, 4],
    ['fewer below nine tenths', [60, 60, 60, 60, 60, 60, 60], 0, 0, 6],
    ['nothing more while pods that start would make it enough', [100, 100], 1, 0, 3],
    ['more where they would not', [140, 140], 1, 0, 4],
    ['no fewer for want of a reading', [50, 50], 0, 1, 3],
  ])('is %s', (_, percent, unready, missing, wanted) => {
    const replicas = percent.length + unready + missing;
    expect(proposeReplicas(cpu, replicas, readings(percent, unready, missing))).toBe(wanted);
  });

  it('is nothing where no pod was measured', () => {
    expect(proposeReplicas(cpu, 2, readings([], 2))).toBeUndefined();
  });
});

describe('whatever is asked for', () => {
  const policy = fc.record({
    type: fc.constantFrom('Percent' as const, 'Pods' as const),
    value: fc.integer({ min: 1, max: 150 }),
    periodSeconds: fc.integer({ min: 15, max: 300 }),
  });
  const anyRules = fc.record({
    stabilizationWindowSeconds: fc.integer({ min: 0, max: 400 }),
    policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
    selectPolicy: fc.constantFrom('Max' as const, 'Min' as const, 'Disabled' as const),
  });
  const proposals = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 });
  const anySpec = fc
    .record({
      min: fc.integer({ min: 1, max: 10 }),
      room: fc.integer({ min: 0, max: 40 }),
      up: anyRules,
      down: anyRules,
    })
    .map(({ min, room, up, down }) =>
      specOf({ minReplicas: min, maxReplicas: min + room, scaleUp: up, scaleDown: down }),
    );
  const anyStart = fc.integer({ min: 1, max: 60 });

  it('is never above the maximum or below the minimum', () => {
    fc.assert(
      fc.property(anySpec, anyStart, proposals, (any, start, asked) => {
        for (const replicas of decided(any, start, asked)) {
          expect(replicas).toBeGreaterThanOrEqual(any.minReplicas);
          expect(replicas).toBeLessThanOrEqual(any.maxReplicas);
        }
      }),
    );
  });

  it('rises only to what was asked for through the whole window, and falls only to that', () => {
    fc.assert(
      fc.property(anySpec, proposals, (any, asked) => {
        const start = any.minReplicas;
        const replicas = decided(any, start, asked);
        replicas.forEach((after, n) => {
          const before = replicas[n - 1] ?? start;
          const direction = after > before ? any.scaleUp : any.scaleDown;
          const first = n - Math.ceil(direction.stabilizationWindowSeconds / SYNC) + 1;
          const window = asked.slice(Math.max(0, Math.min(first, n)), n + 1);
          if (after > before) expect(after).toBeLessThanOrEqual(Math.min(...window));
          if (after < before)
            expect(after).toBeGreaterThanOrEqual(Math.min(any.maxReplicas, Math.max(...window)));
        });
      }),
    );
  });

  it('changes within a period by no more than its policy allows', () => {
    const onePolicy = fc.record({ up: policy, down: policy });
    fc.assert(
      fc.property(onePolicy, anyStart, proposals, ({ up, down }, start, asked) => {
        const replicas = decided(specOf({ scaleUp: rules([up]), scaleDown: rules([down]) }), start, asked);
        const steps = replicas.map((after, n) => ({
          at: n * SYNC,
          change: after - (replicas[n - 1] ?? start),
          after,
        }));
        for (const { at, change, after } of steps.filter((step) => step.change !== 0)) {
          const { type, value, periodSeconds } = change > 0 ? up : down;
          const net = steps
            .filter((other) => other.at > at - periodSeconds && other.at <= at)
            .reduce((sum, other) => sum + other.change, 0);
          const before = after - net;
          // As Kubernetes multiplies: 10 % of 10 more are 11.000000000000002, rounded up to 12.
          const share = before * (1 + (Math.sign(change) * value) / 100);
          const percent = change > 0 ? Math.ceil(share) - before : before - Math.trunc(share);
          const most = type === 'Pods' ? value : percent;
          expect(Math.abs(net)).toBeLessThanOrEqual(change * net > 0 ? most : Infinity);
        }
      }),
    );
  });

  it('stays as it is under the behaviour of the document while a scale-up is younger than its window', () => {
    const document = specOf({ minReplicas: 2, maxReplicas: 20, ...documentBehavior });
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 20 }), fc.integer({ min: 1, max: 3 }), (wanted, syncs) => {
        expect(decided(document, 2, always(wanted, syncs))).toEqual(always(2, syncs));
      }),
    );
  });
});
