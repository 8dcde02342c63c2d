import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { parse } from 'yaml';
import { documentRun } from '../../src/baselines/autoscaling-comparison.ts';
import { documentHeadroom, documentSizes, type CapacityDemand } from '../../src/baselines/capacity-demand.ts';
import { capacityPlan } from '../../src/baselines/capacity-plan.ts';
import { documentHpa } from '../../src/baselines/document-hpa.ts';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { hpaManifest, renderHpa } from '../../src/baselines/hpa-manifest.ts';
import { simulateHpa } from '../../src/baselines/hpa-simulation.ts';
import { instanceShare } from '../../src/baselines/load-curves.ts';
import { planHpa } from '../../src/baselines/plan-hpa.ts';

const document = documentHpa(documentTables);

function hpaFor(demand: Partial<CapacityDemand>, quietPerSecond?: number) {
  const plan = capacityPlan(documentTables, {
    ...documentSizes(documentTables),
    headroomRatio: documentHeadroom(documentTables),
    setUp: {},
    requestsPerSecond: 1200,
    p99Ms: 300,
    ...demand,
  });
  if (!plan.possible) throw new Error(plan.problems.join('\n'));
  return { plan, ...planHpa(documentTables, plan.recommended, plan.demand, quietPerSecond) };
}

const targetOf = ({ spec }: ReturnType<typeof hpaFor>): number =>
  spec.metrics.find((metric) => metric.type === 'Pods')?.averageValue ?? 0;

describe('the autoscaler as a resource of Kubernetes', () => {
  let validate: ValidateFunction;

  beforeAll(async () => {
    const file = join(import.meta.dirname, 'kubernetes', 'horizontalpodautoscaler-autoscaling-v2.json');
    const ajv = new Ajv({ allErrors: true, strict: false });
    formats.default(ajv);
    ajv.addFormat('int32', {
      type: 'number',
      validate: (value) => Number.isInteger(value) && value < 2 ** 31,
    });
    validate = ajv.compile(JSON.parse(await readFile(file, 'utf8')));
  });

  const problemsOf = (resource: unknown) => {
    validate(resource);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  it.each<[string, Partial<CapacityDemand>, number | undefined]>([
    ['a small plan', { requestsPerSecond: 20 }, undefined],
    ['a plan of several', {}, undefined],
    ['a plan at the end of the table', { requestsPerSecond: 12_000, p99Ms: 400 }, 3000],
    ['a plan of small machines', { tier: 1, p99Ms: 400 }, 500],
  ])('is valid by its schema: %s', (_, demand, quiet) => {
    const { spec } = hpaFor(demand, quiet);
    const yaml = renderHpa({ deployment: 'mcp-server', namespace: 'prod' }, spec, {
      head: ['what it is', 'and of what'],
      at: [
        [['spec', 'minReplicas'], 'why so few'],
        [['spec', 'metrics', 2], 'why so many\nand how'],
      ],
    });
    expect(problemsOf(parse(yaml))).toEqual([]);
    expect(parse(yaml)).toEqual(hpaManifest({ deployment: 'mcp-server', namespace: 'prod' }, spec));
    expect(yaml).toMatch(/^# what it is\n# and of what\n/);
    expect(yaml).toContain('  # why so few\n  minReplicas: ');
    expect(yaml).toContain('    # why so many\n    # and how\n    - type: Pods\n');
  });

  it.each([
    ['an unknown field', { spec: { replicas: 3 } }, ' must NOT have additional properties'],
    [
      'no target',
      { spec: { maxReplicas: 3, scaleTargetRef: undefined } },
      "must have required property 'scaleTargetRef'",
    ],
    ['a fraction of a replica', { spec: { maxReplicas: 2.5 } }, 'must be integer'],
  ])('would not be valid with %s', (_, change, problem) => {
    const resource = JSON.parse(JSON.stringify(hpaManifest({ deployment: 'mcp-server' }, document)));
    Object.assign(resource.spec, change.spec);
    expect(problemsOf(JSON.parse(JSON.stringify(resource))).join('\n')).toContain(problem);
  });

  it('is that of the document, to the letter, for the document', () => {
    expect(hpaManifest({ deployment: 'mcp-server' }, document)).toEqual({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'mcp-server-hpa' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'mcp-server' },
        minReplicas: 2,
        maxReplicas: 20,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
          },
          {
            type: 'Resource',
            resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 80 } },
          },
          {
            type: 'Pods',
            pods: {
              metric: { name: 'requests_per_second' },
              target: { type: 'AverageValue', averageValue: '750' },
            },
          },
        ],
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 60,
            policies: [
              { type: 'Percent', value: 50, periodSeconds: 60 },
              { type: 'Pods', value: 2, periodSeconds: 60 },
            ],
            selectPolicy: 'Max',
          },
          scaleDown: {
            stabilizationWindowSeconds: 300,
            policies: [{ type: 'Percent', value: 25, periodSeconds: 120 }],
            selectPolicy: 'Min',
          },
        },
      },
    });
  });
});

describe('the autoscaler of a plan', () => {
  it('aims at what the head-room leaves of an instance', () => {
    expect(targetOf(hpaFor({ requestsPerSecond: 590, headroomRatio: 0.3 }))).toBe(595);
  });

  it('aims lower where the tolerance of Kubernetes would go above what each of the most carries', () => {
    const hpa = hpaFor({ requestsPerSecond: 4000, p99Ms: 400, tier: 4 });
    const carries = 850 * instanceShare(documentTables, hpa.spec.maxReplicas).value;
    expect(targetOf(hpa) * 1.1).toBeLessThanOrEqual(carries);
    expect((targetOf(hpa) + 1) * 1.1).toBeGreaterThan(carries);
    expect(hpa.why.requests).toContain('Kubernetes acts 10 % above the target');
  });

  it('runs all instances of the plan at its demand, and no more than it may', () => {
    const demands = fc.record({
      requestsPerSecond: fc.integer({ min: 1, max: 12_000 }),
      users: fc.integer({ min: 1, max: 9000 }),
      headroomRatio: fc.double({ min: 0, max: 0.6, noNaN: true }),
    });
    fc.assert(
      fc.property(demands, (demand) => {
        const { plan, spec } = hpaFor({ ...demand, p99Ms: 600 });
        const { mostReplicas, moments } = simulateHpa(documentTables, {
          ...documentRun(documentTables),
          spec,
          loadAt: () => demand.requestsPerSecond,
          cpuSource: 'baseline',
        });
        expect(moments.at(-1)?.replicas).toBeGreaterThanOrEqual(plan.recommended.instances);
        expect(mostReplicas).toBeLessThanOrEqual(spec.maxReplicas);
      }),
      { numRuns: 20 },
    );
  });

  it.each<[string, Partial<CapacityDemand>, number | undefined, number, number]>([
    [
      'as many as the users need, whom it does not count',
      { requestsPerSecond: 10, users: 1800, tier: 2 },
      undefined,
      4,
      12,
    ],
    ['one instance', { requestsPerSecond: 100 }, undefined, 2, 3],
    ['two', {}, undefined, 2, 6],
    [
      'seven, which the document leaves room to 20',
      { requestsPerSecond: 4900, p99Ms: 310 },
      undefined,
      2,
      20,
    ],
    ['two, of which one is enough at quiet times', {}, 200, 2, 6],
    ['six, of which three are needed at quiet times', { requestsPerSecond: 4300, p99Ms: 310 }, 2000, 3, 18],
  ])('has limits for %s', (_, demand, quiet, least, most) => {
    const { spec } = hpaFor(demand, quiet);
    expect([spec.minReplicas, spec.maxReplicas]).toEqual([least, most]);
  });
});
