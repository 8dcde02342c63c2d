import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { baseline } from '../../src/commands/baseline.ts';
import { check } from '../../src/commands/check.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-baseline-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(argv: readonly string[], command = baseline) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await command(argv, { stdout, stderr, env: {} });
  const read = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, out: read(stdout), err: read(stderr) };
}

async function problems(text: string, ...flags: string[]): Promise<string[]> {
  const file = join(folder, 'own.yaml');
  await writeFile(file, text);
  const { code, err } = await run(['--baseline', file, ...flags], check);
  expect(code).toBe(2);
  return err
    .trim()
    .split('\n')
    .map((line) => line.replace('mcp-vitals: ', '').replace(file, 'own.yaml'));
}

describe('baseline print', () => {
  it('writes every table as YAML that reads back the same', async () => {
    const printed = await run(['print']);
    expect(printed.code).toBe(0);
    expect(parse(printed.out)).toEqual(documentTables);
    const file = join(folder, 'printed.yaml');
    await writeFile(file, printed.out);
    expect(await run(['print', '--baseline', file])).toEqual(printed);
  });

  it("shows a user's own part in place of the built-in one", async () => {
    const file = join(folder, 'part.yaml');
    await writeFile(file, 'results: { p99Ms: 300 }\ntools: { search: { p99Ms: 90 } }\n');
    const tables = parse((await run(['print', '--baseline', file])).out);
    expect(tables.results).toEqual({ ...documentTables.results, p99Ms: 300 });
    expect(tables.tools).toEqual({ ...documentTables.tools, search: { p99Ms: 90 } });
  });

  it('wants a verb it knows', async () => {
    expect(await run(['show'])).toMatchObject({
      code: 2,
      err: 'mcp-vitals: baseline: want print or expect, got show\n',
    });
  });
});

describe('baseline expect', () => {
  it('says each figure with the tables it came from', async () => {
    const { out } = await run(['expect', '--server.workers', '8', '--server.pool-size', '50']);
    expect(out).toContain(`throughput: 1,020 requests/s
  850 requests/s  standard configuration
  × 1.41  8 workers on 4 vCPUs: Configuration Comparisons, Worker Process Count
  × 0.847  50 connections: Configuration Comparisons, Database Connection Pool Size
  of all instances: 1,020 requests/s
`);
  });
});

describe('a baseline file', () => {
  it.each([
    ['results: { p50Ms: 300 }', 'own.yaml:1 results.p50Ms: want at most p95Ms (120), got 300'],
    ['results:\n  cpuRatio: 65', 'own.yaml:2 results.cpuRatio: want a share from 0 to 1, got 65'],
    ['results: { p99: 5 }', 'own.yaml:1 results.p99: unknown figure, did you mean p99Ms?'],
    ['reslts: {}', 'own.yaml:1 reslts: unknown figure, did you mean results?'],
    ['workers: { rows: [] }', 'own.yaml:1 workers.rows: want a list of at least one row, got an empty list'],
    ['workers: { rows: }', 'own.yaml:1 workers.rows: want a list of at least one row, got nothing'],
    ['tools: { a: { p99Ms: -1 } }', 'own.yaml:1 tools.a.p99Ms: want milliseconds above 0, got -1'],
    ['tools: { a: {} }', 'own.yaml:1 tools.a: want at least one figure, got a mapping'],
    [
      'tools: { a: { p99Ms: 5, batches: [{ size: 5, batchesPerSecond: 1, p99Ms: 9 }, { size: 1, batchesPerSecond: 1, p99Ms: 9 }] } }',
      'own.yaml:1 tools.a.batches[1].size: want rows in ascending order of size, got 1',
    ],
    ['- results', 'own.yaml:1: want a mapping of settings, got a list'],
    ['results: "fast"', 'own.yaml:1 results: want a mapping, got "fast"'],
  ])('%s gets one clear line', async (text, line) => {
    expect(await problems(text)).toEqual([line]);
  });

  it('gets a line for every mistake, in the order of the file', async () => {
    expect(await problems('tools: { a: { p9Ms: 1, p99Ms: 0 } }\nresults:\n  errorRatio: 2\n')).toEqual([
      'own.yaml:1 tools.a.p99Ms: want milliseconds above 0, got 0',
      'own.yaml:1 tools.a.p9Ms: unknown figure, did you mean p95Ms?',
      'own.yaml:3 results.errorRatio: want a share from 0 to 1, got 2',
    ]);
  });

  it('must be there', async () => {
    const { err } = await run(['--baseline', '/nowhere.yaml'], check);
    expect(err).toBe('mcp-vitals: /nowhere.yaml: want a readable file, got none (no such file)\n');
  });

  it('says what a stated set-up may be', async () => {
    const { err } = await run(['--server.tier', '7', '--server.cache-strategy', 'lru'], check);
    expect(err).toBe(
      'mcp-vitals: server.tier: want one of 1, 2, 3, 4, got 7\n' +
        'mcp-vitals: server.cacheStrategy: want one of none, write-through, write-behind, read-through, got lru\n',
    );
  });
});
