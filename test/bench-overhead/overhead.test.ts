import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const OVERHEAD = path.join(import.meta.dirname, '..', '..', 'bench', 'overhead.ts');
const run = promisify(execFile);

describe('bench/overhead.ts', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'overhead-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  it('measures http-proxy-3 beside the direct way and writes finite figures', async () => {
    const file = path.join(directory, 'figures.json');
    const options = `--quick --rounds 1 --window-ms 300 --targets direct,http-proxy-3 --phases cpu,latency,events`;
    const { stdout } = await run(process.execPath, [OVERHEAD, ...options.split(' '), '--json', file]);
    expect(stdout).toContain('nginx: not measured, left out by --targets.');
    const written: unknown = JSON.parse(await readFile(file, 'utf8'));
    const positive: unknown = expect.closeTo(5000, -4);
    const finite = { median: expect.any(Number) };
    expect(written).toMatchObject({
      figures: [
        { name: 'direct', latency: [{ p50Ms: finite }, { p50Ms: finite }] },
        {
          name: 'http-proxy-3',
          cpuSeconds: finite,
          ratePerCore: positive,
          latency: [
            { ratePerSecond: 850, addedP50Ms: finite, addedP99Ms: finite },
            { ratePerSecond: 1890, addedP50Ms: finite, addedP99Ms: finite },
          ],
          addedEventP50Ms: finite,
          quietHeadMs: null,
        },
      ],
    });
  }, 60_000);

  it('refuses a target it does not know', async () => {
    const refused = run(process.execPath, [OVERHEAD, '--targets', 'direct,haproxy']);
    await expect(refused).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^bench: --targets: want some of direct; .*, got haproxy\n$/),
    });
  });
});
