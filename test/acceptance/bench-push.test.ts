import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { compareWithBaseline } from '../../src/bench/compare-with-baseline.ts';
import { pushBench } from '../../src/commands/push-bench.ts';
import { readBaseline } from '../../src/commands/read-baseline.ts';
import { saveBaseline } from '../../src/commands/save-baseline.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { summariseRuns } from '../../src/bench/summarise-runs.ts';
import type { BenchRun } from '../../src/bench/bench-report.ts';
import type { BenchPush } from '../../src/model/bench-summary.ts';
import { figures, run } from '../bench/sample-runs.ts';
import { startSidecar, type Sidecar } from '../harness/sidecar.ts';

jest.setTimeout(60_000);

const push = (...runs: readonly BenchRun[]): BenchPush => ({
  schemaVersion: 1,
  profiles: runs.map((each) => summariseRuns([each])),
});

let folder: string;
let sidecar: Sidecar;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-push-'));
  await writeFile(join(folder, 'token'), 'open-sesame\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** No server is needed: nothing of it is asked. */
const start = (...flags: string[]) =>
  startSidecar(['--upstream', 'http://127.0.0.1:9', '--state.directory', join(folder, 'state'), ...flags]);

/** Samples of a metric by their labels but `profile`. */
async function samples(name: string, profile: string): Promise<Record<string, number>> {
  const found = (await sidecar.metrics()).filter(
    (each) => each.name === name && each.labels['profile'] === profile,
  );
  return Object.fromEntries(
    found.map(({ labels: { profile: _profile, ...labels }, value }) => [
      Object.values(labels).join(' '),
      value,
    ]),
  );
}

async function post(body: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${sidecar.adminUrl}/api/v1/bench`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  });
  const answer = (await response.json()) as { error?: string; problems?: string[] };
  return { status: response.status, ...answer };
}

describe('a sidecar that load tests are pushed to', () => {
  beforeAll(async () => {
    sidecar = await start();
  });
  afterAll(() => sidecar.stop());
  const take = async (...runs: readonly BenchRun[]) => {
    expect(await pushBench(new URL(sidecar.adminUrl), push(...runs), undefined)).toBeUndefined();
  };

  it('exports the last run of each profile, in base units', async () => {
    await take(run(figures(5000, 0, 100, 45)));
    const server = {
      cpuRatio: { average: 0.5, max: 1 },
      memoryBytes: { average: 1e9, max: 2e9 },
    };
    await take(
      run({ ...figures(5000, 50, 850, 45), server }),
      run({ profile: 'spike', recovery: { recovered: true, seconds: 40 } }),
    );
    expect(await samples('mcp_bench_throughput', 'medium')).toEqual({ '': 850 });
    expect(await samples('mcp_bench_latency_seconds', 'medium')).toEqual({
      p50: 0.045,
      p75: 0.0765,
      p90: expect.closeTo(0.099, 6),
      p95: 0.135,
      p99: 0.27,
      'p99.9': 0.63,
    });
    expect(await samples('mcp_bench_error_ratio', 'medium')).toEqual({ '': 0.01 });
    expect(await samples('mcp_bench_requests', 'medium')).toEqual({ ok: 4950, error: 50 });
    expect(await samples('mcp_bench_cpu_ratio', 'medium')).toEqual({ '': 0.5 });
    expect(await samples('mcp_bench_memory_bytes', 'medium')).toEqual({ '': 1e9 });
    expect(await samples('mcp_bench_recovery_seconds', 'medium')).toEqual({});
    expect(await samples('mcp_bench_recovery_seconds', 'spike')).toEqual({ '': 40 });
    expect(await samples('mcp_bench_duration_seconds', 'medium')).toEqual({ '': 5.9 });
    const finished = Date.parse('2026-11-27T10:00:06.900Z') / 1000;
    expect(await samples('mcp_bench_finished_timestamp_seconds', 'medium')).toEqual({ '': finished });
    expect(await samples('mcp_bench_info', 'medium')).toEqual({
      'http://127.0.0.1:8000/mcp 2026-11-27T10:00:00.000Z': 1,
    });
  });

  it.each([
    ['{', 'want a body of JSON, got none'],
    ['[]', 'body: want a mapping, got a list of 0'],
    [
      '{"schemaVersion":1,"profiles":[]}',
      'body profiles: want a list of 1 to 20 profiles, each of them once, got a list of 0',
    ],
  ])('refuses %s', async (body, error) => {
    expect(await post(body)).toMatchObject({ status: 400, error });
  });

  it('names every problem of a body', async () => {
    const { profiles } = push(run());
    const [one] = profiles;
    const wrong = { ...one, profile: 'a\nb', durationSeconds: -1, secret: 1 };
    expect(await post(JSON.stringify({ schemaVersion: 2, profiles: [wrong] }))).toMatchObject({
      status: 400,
      problems: [
        'body schemaVersion: want 1, the version of the schema that this program reads, got 2',
        'body profiles[0].profile: want the name of a profile of 1 to 60 characters in one line, got "a\\nb"',
        'body profiles[0].durationSeconds: want seconds of 0 or more, got -1',
        'body profiles[0].secret: unknown field',
      ],
    });
  });

  it('refuses what is too long, of another type, or from a page in a browser', async () => {
    const body = JSON.stringify(push(run()));
    expect(await post(`${body}${' '.repeat(70_000)}`)).toMatchObject({
      status: 413,
      error: 'want at most 65536 bytes, got more',
    });
    expect(await post(body, { 'Content-Type': 'text/plain' })).toMatchObject({
      status: 415,
      error: 'want Content-Type application/json, got text/plain',
    });
    expect(await post(body, { Origin: 'http://evil.example' })).toMatchObject({
      status: 403,
      error: 'want a token configured (admin.tokenFile) or a program on this machine, got neither',
    });
    const html = await post(body, { Origin: 'null' });
    expect(html.status).toBe(403);
    const proxied = await post(body, { 'X-Forwarded-For': '198.51.100.7' });
    expect(proxied.status).toBe(403);
  });

  it('keeps them across a restart, and those of the last 20 profiles', async () => {
    await take(...Array.from({ length: 19 }, (_, i) => run({ profile: `p${i}` })));
    await take(run({ profile: 'a' }), run({ profile: 'b' }));
    await sidecar.stop();
    sidecar = await start();
    const kept = (await (await fetch(`${sidecar.adminUrl}/api/v1/bench`)).json()) as BenchPush;
    const names = kept.profiles.map(({ profile }) => profile);
    expect(names.length).toBe(20);
    expect(names.slice(0, 3)).toEqual(['a', 'b', 'p1']);
    expect(await samples('mcp_bench_throughput', 'p0')).toEqual({});
    expect(await samples('mcp_bench_throughput', 'b')).toEqual({ '': 850 });
  });
});

describe('a sidecar with a token', () => {
  beforeAll(async () => {
    sidecar = await start('--admin.token-file', join(folder, 'token'));
  });
  afterAll(() => sidecar.stop());

  it('takes load tests only with it', async () => {
    const admin = new URL(sidecar.adminUrl);
    expect(await pushBench(admin, push(run()), undefined)).toBe(
      `--push ${admin.href}: want the sidecar to take it, got HTTP 401: want Authorization: Bearer <token> (MCP_VITALS_ADMIN_TOKEN or admin.tokenFile)`,
    );
    expect(await pushBench(admin, push(run()), 'open-sesame')).toBeUndefined();
  });

  it('is named where nothing listens', async () => {
    expect(await pushBench(new URL('http://127.0.0.1:9'), push(run()), undefined)).toBe(
      '--push http://127.0.0.1:9/: want the sidecar to take it, got connection refused',
    );
  });
});

describe('a sidecar with the baseline that a load test saved', () => {
  const path = () => join(folder, 'my.yaml');
  beforeAll(async () => {
    const loaded = loadConfig({ env: {}, flags: [] });
    const baseline = loaded.ok ? readBaseline(loaded.config) : loaded;
    if (!baseline.ok) throw new Error(baseline.problems.join('; '));
    const tools = [{ tool: 'get_user', ...figures(5000, 0, 700, 10) }];
    const measured = run({ ...figures(5000, 5, 700, 20), tools });
    const comparison = compareWithBaseline([measured], { figures: [], remarks: [] });
    const saved = await saveBaseline(path(), { force: false, version: '0.1.0' }, baseline, [comparison]);
    if (!saved.ok) throw new Error(saved.problems.join('; '));
    sidecar = await start('--baseline', path());
  });
  afterAll(() => sidecar.stop());

  it.each([
    ['mcp_baseline_throughput', { tool: '' }, 700],
    ['mcp_baseline_latency_seconds', { tool: '', percentile: 'p99' }, 0.12],
    ['mcp_baseline_latency_seconds', { tool: 'get_user', percentile: 'p99' }, 0.06],
    ['mcp_baseline_error_ratio', {}, 0.001],
    // Not measured: what the document says.
    ['mcp_baseline_pool_ratio', {}, 0.45],
    ['mcp_baseline_latency_seconds', { tool: 'generate_report', percentile: 'p99' }, 2.4],
  ])('exports %s%j as %d', async (name, labels, value) => {
    const found = (await sidecar.metrics()).filter(
      (each) => each.name === name && isDeepStrictEqual(each.labels, labels),
    );
    expect(found.map((each) => each.value)).toEqual([value]);
  });
});
