import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { detect } from '../../src/commands/detect.ts';
import { seeded } from '../detectors/watch-series.ts';
import { mainPath } from '../harness/sidecar.ts';
import { runCommand, type CommandRun } from './run-command.ts';

const GIB = 1024 ** 3;
const START = Date.UTC(2026, 0, 5) / 1000;

/** Rows of 40 hours, a sample every two minutes. */
function csv(value: (hour: number, random: () => number) => number, more = ''): string {
  const random = seeded(3);
  const rows = Array.from(
    { length: 40 * 30 },
    (_, n) => {
      const hour = n / 30;
      return `${START + hour * 3600},${Math.round(value(hour, random))},${Math.round(30 + 5 * random())}${more}`;
    },
    30_000,
  );
  return rows.join('\n');
}

let folder: string;
let leak: string;
let healthy: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-detect-'));
  leak = join(folder, 'leak.csv');
  healthy = join(folder, 'healthy.csv');
  const head = 'time,value,load';
  await writeFile(leak, `${head}\n${csv((hour, random) => (1 + 0.05 * hour + 0.02 * random()) * GIB)}`);
  await writeFile(
    healthy,
    `${head},limit\n${csv((_, random) => (1.5 + 0.1 * random()) * GIB, `,${4 * GIB}`)}`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...argv: readonly string[]): Promise<CommandRun> => runCommand(detect, argv);

describe('mcp-vitals detect --csv', () => {
  it('says what it thinks of a leak, and why', async () => {
    const { code, out, err } = await run('--csv', leak, '--limit', '4GiB', '--explain');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^1 series: 1 urgent\n5 Jan 00:00 to 6 Jan 15:58 UTC\n\n {2}STATE /);
    expect(out).toMatch(/\n {2}urgent {2}memory +2\.9\d* GiB {2}4 GiB {2}5\d\.\d MiB .*h +40 h\n/);
    expect(out).toMatch(/\nURGENT since \d Jan \d\d:\d\d UTC {2}memory\ngrows 5\d\.\d MiB\/h /);
    expect(out).toContain('4 GiB ┤┄┄ limit 4 GiB ┄');
    expect(out).toMatch(/\n {2}rules {5}passed {2}growth: /);
    expect(out).toMatch(/\n {2}by limit {2}limit {3}4 GiB {2}in .*\(in force\)\n/);
  }, 30_000);

  it('finds nothing in its healthy twin, whose limit stands in the file', async () => {
    const { code, out } = await run('--csv', healthy, '--fail-on', 'watch');
    expect(code).toBe(0);
    expect(out).toMatch(/^1 series: 1 none\n/);
    expect(out).toMatch(/\n {2}none +memory +1\.\d+ GiB {2}4 GiB +– +– +40 h\n$/);
  }, 30_000);

  it('fails on a state as bad as asked', async () => {
    expect((await run('--csv', leak, '--limit', '4GiB', '--fail-on', 'ticket')).code).toBe(1);
    expect((await run('--csv', leak, '--limit', '4GiB', '--fail-on=page')).code).toBe(0);
  }, 30_000);

  it('writes JSON', async () => {
    const { out } = await run('--csv', leak, '--limit', '4GiB', '--json');
    expect(JSON.parse(out)).toMatchObject({
      fromMs: START * 1000,
      verdicts: [
        { detector: 'memory', series: '', labels: {}, unit: 'bytes', state: 'urgent', limit: 4 * GIB },
      ],
      notes: [],
      failures: [],
    });
  }, 30_000);

  it('judges by the profile and writes values in the unit that is told', async () => {
    const file = join(folder, 'flat.csv');
    await writeFile(file, `time,value,load\n${csv((_, random) => 40 + 3 * random())}`);
    const { out } = await run('--csv', file, '--profile', 'connections', '--limit', '200', '--json');
    expect(JSON.parse(out)).toMatchObject({
      verdicts: [{ detector: 'connections', unit: 'count', limit: 200 }],
    });
    expect((await run('--csv', file, '--profile=connections', '--unit=seconds')).out).toMatch(
      / 4\d(\.\d)? s /,
    );
  }, 30_000);

  it('tells every broken row by its line and exits with 2', async () => {
    const file = join(folder, 'broken.csv');
    await writeFile(file, 'time,value\n1700000000,12MB\nyesterday,5\n');
    expect(await run('--csv', file)).toEqual({
      code: 2,
      out: '',
      err: `mcp-vitals: ${file}:2 value: want a number, got "12MB"
mcp-vitals: ${file}:3 time: want Unix seconds, milliseconds or ISO 8601, got "yesterday"
`,
    });
  }, 30_000);

  it('says why a file cannot be read', async () => {
    expect(await run('--csv', '/nowhere/a.csv')).toEqual({
      code: 1,
      out: '',
      err: 'mcp-vitals: /nowhere/a.csv: want a readable file, got none (no such file)\n',
    });
  }, 30_000);

  it('takes the standard input', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [mainPath, 'detect', '--csv', '-'], {
      input: `time,value\n${Array.from({ length: 100 }, (_, n) => `${START + n * 60},5`).join('\n')}\n`,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^1 series: 1 none\n5 Jan 00:00 to 5 Jan 01:39 UTC\n/);
  }, 30_000);
});
