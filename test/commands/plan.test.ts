import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { plan } from '../../src/commands/plan.ts';
import { readPlanOptions } from '../../src/commands/plan-options.ts';
import { dollars, percent } from '../../src/commands/plan-figures.ts';
import { inRepository } from '../harness/repository.ts';
import { runCommand, type CommandRun } from './run-command.ts';

const words = (line: string): string[] => (line === '' ? [] : line.split(' '));
const run = (line: string, env: NodeJS.ProcessEnv = {}): Promise<CommandRun> =>
  runCommand(plan, words(line), env);

/** What was written down as right, after someone had read it. */
const written = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, 'plan-output', name), 'utf8');

describe('what plan prints', () => {
  it.each([
    ['a plan', '--rps 1200 --users 800 --p99 300ms', 'two-machines.txt', 0],
    ['a plan beyond the tables', '--rps 12000', 'beyond.txt', 0],
    [
      'a plan of one machine whose database is large enough',
      '--rps 400 --max-connections 200 --tier 2',
      'one-machine.txt',
      0,
    ],
    ['no plan', '--rps 900 --p99 100ms', 'no-plan.txt', 1],
    ['the test of the document', '--simulate', 'document-simulation.txt', 0],
    ['the autoscaler of a plan at work', '--rps 3000 --p99 300ms --simulate', 'plan-simulation.txt', 0],
    ['an autoscaler', '--rps 1200 --p99 300ms --hpa --deployment search --namespace prod', 'hpa.txt', 0],
  ])('%s', async (_, line, file, code) => {
    const got = await run(line);
    expect(got.err).toBe('');
    expect(got.out).toBe(await written(file));
    expect(got.code).toBe(code);
  });

  it.each([
    'two-machines.txt',
    'beyond.txt',
    'no-plan.txt',
    'document-simulation.txt',
    'plan-simulation.txt',
  ])('fits 80 columns: %s', async (file) => {
    const widest = (await written(file)).split('\n').filter((line) => line.length > 80);
    expect(widest).toEqual([]);
  });

  it('is nothing that a pipe to kubectl would take where there is no plan', async () => {
    const { code, out, err } = await run('--rps 900 --p99 100ms --hpa');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('No plan: the tables have nothing that meets this demand');
  });

  it('is a plan rather than a simulation where there is nothing to simulate', async () => {
    const { code, out } = await run('--rps 900 --p99 100ms --simulate');
    expect(code).toBe(1);
    expect(out).toContain('P99: want at most 100 ms, got 210 ms at best (1 × 32 vCPUs)');
  });
});

describe('docs/capacity.md', () => {
  it('shows what plan really prints', async () => {
    const page = await readFile(inRepository('docs', 'capacity.md'), 'utf8');
    const shown = [...page.matchAll(/```console\n\$ mcp-vitals plan (.*)\n([\s\S]*?)```/g)];
    expect(shown).toHaveLength(3);
    for (const [, line = '', text] of shown) expect((await run(line)).out).toBe(text);
  });
});

describe('plan --json', () => {
  it('has each figure with its tables, options side by side, and what contradicts itself', async () => {
    const { out } = await run('--rps 1200 --users 800 --p99 300ms --json');
    const facts = JSON.parse(out);
    expect(facts).toMatchObject({
      schemaVersion: 1,
      possible: true,
      demand: { requestsPerSecond: 1200, users: 800, p99Ms: 300, requestBytes: 2000, responseBytes: 5000 },
      recommended: {
        instances: 2,
        vcpus: 4,
        tier: 2,
        capacityPerSecond: {
          value: 1680,
          from: [
            'Baseline Performance Metrics, Baseline Results',
            'Scaling Characteristics, Horizontal Scaling (2 instances)',
          ],
        },
        costPerHour: { value: 0.4 },
        costPerMonth: { value: 292 },
        costPerMillion: { value: 0.0925926 },
      },
      surroundings: { tier: { tier: 3, name: 'large' }, bandwidthBits: { value: 67_200_000 } },
      pool: { connections: { value: 280 }, neededMaxConnections: 283, fits: false },
    });
    expect(
      facts.options.map(({ vcpus, problems }: { vcpus: number; problems: string[] }) => [
        vcpus,
        problems.length,
      ]),
    ).toEqual([
      [2, 1],
      [4, 0],
      [8, 0],
      [16, 0],
      [32, 0],
    ]);
    expect(facts.options[2].capacityPerSecond.extrapolated).toEqual([
      'Horizontal Scaling was measured with 4 vCPUs',
    ]);
    expect(facts.contradictions.map(({ topic }: { topic: string }) => topic)).toContain('database');
    expect(facts).not.toHaveProperty('hpa');
  });

  it('has the manifest and the simulation when asked for', async () => {
    const { hpa, simulation } = JSON.parse((await run('--rps 1200 --p99 300ms --hpa --simulate --json')).out);
    expect(hpa.manifest).toEqual(parse((await run('--rps 1200 --p99 300ms --hpa')).out));
    expect(simulation).toMatchObject({
      assumptions: { cpuSource: 'baseline', podStartSeconds: 42 },
      mostReplicas: 2,
    });
    expect(simulation.moments).toHaveLength(36);
  });

  it('compares the replay with the document', async () => {
    const { simulation, contradictions } = JSON.parse((await run('--simulate --json')).out);
    expect(simulation.comparison).toMatchObject({
      instancesOff: 0,
      scaleUps: { document: 5, simulated: 5 },
      p99Ms: { document: 320 },
    });
    expect(contradictions).toHaveLength(5);
  });

  it('says why there is no plan', async () => {
    const { code, out } = await run('--rps 900 --p99 100ms --json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      possible: false,
      problems: ['P99: want at most 100 ms, got 210 ms at best (1 × 32 vCPUs)'],
    });
  });
});

describe('figures of a user', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-plan-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('take the place of the document, whose contradictions are not theirs', async () => {
    const file = join(folder, 'own.yaml');
    await writeFile(
      file,
      'results: { throughputPerSecond: 2000, p50Ms: 5, p95Ms: 10, p99Ms: 20, p999Ms: 90 }\n',
    );
    const { code, out } = await runCommand(plan, [
      ...words('--rps 1900 --headroom 0% --p99 21ms'),
      '--baseline',
      file,
    ]);
    expect(code).toBe(0);
    expect(out).toContain('Recommended: 1 × 4 vCPUs');
    expect(out).not.toContain('contradicts');
  });

  it('are refused as by every other command', async () => {
    const file = join(folder, 'wrong.yaml');
    await writeFile(file, 'results: { p99Ms: -1 }\n');
    const { code, err } = await runCommand(plan, [...words('--rps 10'), '--baseline', file]);
    expect(code).toBe(2);
    expect(err).toContain('results.p99Ms: want milliseconds above 0, got -1');
  });

  it('may say how the server is set up', async () => {
    const { out } = await run('--rps 300 --server.cache-strategy none --json');
    const option = JSON.parse(out).options[1];
    expect(option.capacityPerSecond.value).toBe(632.471); // 320 × 1680 / 850
    expect(option.instances).toBe(2);
  });
});

describe('the options of plan', () => {
  const problems = (line: string): readonly string[] => {
    const options = readPlanOptions(words(line), {});
    return options.ok ? [] : options.problems;
  };

  it.each([
    ['', ['want --rps NUMBER or --from-prometheus URL, got neither']],
    ['--hpa --simulate', ['want --rps NUMBER or --from-prometheus URL, got neither']],
    ['--simulate', []],
    ['--rps 0', ['--rps: want requests per second above 0, such as 1200, got "0"']],
    ['--rps 10 --users 2.5', ['--users: want a whole number of users from 1, got "2.5"']],
    ['--rps 10 --p99 300', ['--p99: want a duration such as 300ms, got "300"']],
    ['--rps 10 --request-size 2k', ['--request-size: want a size such as 2KB or 5KiB, got "2k"']],
    [
      '--rps 10 --error-budget 0',
      ['--error-budget: want a share of requests above 0 and below 100%, such as 0.1%, got "0"'],
    ],
    ['--rps 10 --headroom 95%', ['--headroom: want a share from 0% to 90%, such as 30%, got "95%"']],
    ['--rps 10 --headroom 30% --error-budget 0.001', []],
    ['--rps 10 --over 1d', ['--over: want --from-prometheus beside it, got none']],
    [
      '--rps 10 --deployment A_b --hpa',
      ['--deployment: want a name of small letters, digits and -, got "A_b"'],
    ],
    ['--rps 10 --namespace x', ['--namespace: want --hpa beside it, got none']],
    ['--rps 10 --simulate --ramp 10s', ['--ramp: want a duration from 1m to 24h, such as 30m, got "10s"']],
    ['--rps 10 --simulate --cpu fast', ['--cpu: want timeline or baseline, got "fast"']],
    ['--rps 10 --head-room 10%', ['--head-room: unknown flag, did you mean --headroom?']],
    ['--rps 10 --max-connections', ['--max-connections: want a value, got none']],
    [
      '--from-prometheus http://x:9090 --selector job= --over 5m --take mean',
      [
        '--selector: want matchers of labels such as \'job="mcp"\', got "job="',
        '--over: want a span from 1h to 90d, such as 7d, got "5m"',
        '--take: want peak or p99, got "mean"',
      ],
    ],
  ])('%j: %j', (line, wanted) => {
    expect(problems(line)).toEqual(wanted);
  });

  it('want a tier that there is', async () => {
    expect(await run('--rps 10 --tier 9')).toEqual({
      code: 2,
      out: '',
      err: 'mcp-vitals: --tier: want one of 1, 2, 3, 4, got 9\n',
    });
  });

  it('want a URL of a Prometheus', async () => {
    const { code, err } = await run('--from-prometheus prometheus:9090');
    expect(code).toBe(2);
    expect(err).toContain('detect.url');
  });
});

describe('figures', () => {
  it.each([
    [0.118, '12 %'],
    [0.0002, '0.02 %'],
    [0.009_88, '0.99 %'],
    [1, '100 %'],
  ])('%d is %s', (ratio, text) => expect(percent(ratio)).toBe(text));

  it.each([
    [1.4, '1.40'],
    [1168, '1,168.00'],
    [0.4, '0.40'],
    [0.092_59, '0.093'],
    [0.000_62, '0.00062'],
    [0, '0.00'],
  ])('$%d is %s', (value, text) => expect(dollars(value)).toBe(text));
});
