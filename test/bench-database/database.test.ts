import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const DATABASE = path.join(import.meta.dirname, '..', '..', 'bench', 'database.ts');
const run = promisify(execFile);

/** Cells of the table whose first line begins with a title, by the first cell of each row. */
function cellsOf(output: string, title: string): Map<string | undefined, string[]> {
  const block = output.split('\n\n').find((text) => text.startsWith(`${title}  `)) ?? '';
  const rows = block.split('\n').map((line) => line.split(/ {2,}/));
  return new Map(rows.map(([name, ...cells]) => [name, cells]));
}

describe('bench/database.ts', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'bench-database-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  it('measures the tap beside the plain proxy and the direct way', async () => {
    const file = path.join(directory, 'figures.json');
    const targets = ['--targets', 'direct,plain proxy,tap'];
    const loads = ['--loads', 'tpcb extended,narrow rows', '--idle-connections', '20'];
    const { stdout } = await run(process.execPath, [
      DATABASE,
      '--quick',
      ...targets,
      ...loads,
      '--json',
      file,
    ]);

    const tpcb = cellsOf(stdout, 'tpcb extended');
    expect(tpcb.get('tpcb extended')?.slice(0, 3)).toEqual(['tps', '× direct', '× plain']);
    const tap = tpcb.get('tap') ?? [];
    expect(tap).toHaveLength(7);
    for (const cell of tap) expect(Number.parseFloat(cell)).toBeGreaterThan(0);
    expect([...tpcb.keys()].slice(2)).toEqual(['direct', 'plain proxy', 'tap']);
    expect(cellsOf(stdout, 'narrow rows').get('narrow rows')?.[0]).toBe('MB/s');
    expect([...cellsOf(stdout, 'idle connections').keys()].slice(2)).toEqual(['plain proxy', 'tap']);
    expect(cellsOf(stdout, 'bar').get('share of queries that the tap measured')).toEqual([
      '1.00',
      '1.00',
      'pass',
    ]);

    const written = JSON.parse(await readFile(file, 'utf8')) as { figures: unknown[]; count: unknown };
    expect(written.figures).toHaveLength(6);
    expect(written.figures).toContainEqual(
      expect.objectContaining({
        load: 'narrow rows',
        target: 'tap',
        rateToPlain: { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) },
        cpuToPlain: { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) },
      }),
    );
  }, 90_000);

  it.each([
    ['--targets', 'direct,haproxy', /^bench: --targets: want some of direct, .*, got haproxy\n$/],
    ['--loads', 'tpch', /^bench: --loads: want some of select simple, .*, got tpch\n$/],
    ['--window-s', '0.5', /^bench: --window-s: want a whole number from 1 to 60, got 0\.5\n$/],
  ])('refuses %s %s', async (option, value, message) => {
    await expect(run(process.execPath, [DATABASE, option, value])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
  });
});
