import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../harness/eventually.ts';
import { select, total } from '../harness/exposition.ts';
import { startHandServer, type HandServer } from '../harness/hand-server.ts';
import { inRepository } from '../harness/repository.ts';
import { scrape } from '../harness/scrape.ts';
import { runProcess, startProcess, type TestProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const detectors = z.object({
  series: z.array(z.object({ detector: z.string(), verdict: z.object({ sinceMs: z.number() }) })),
});
const probe = z.object({ runs: z.array(z.object({ startedWallMs: z.number() })) });

interface Running extends TestProcess {
  readonly url: string;
  readonly adminUrl: string;
}

let upstream: HandServer;
let folder: string;
let configFile: string;
let state: string;

async function start(): Promise<Running> {
  const started = await startProcess({
    command: process.execPath,
    args: [inRepository('test', 'servers', 'quick-sidecar.ts'), configFile],
    ready: [/traffic on (https?:\/\/[^\s",]+)/, /metrics on (https?:\/\/[^\s"]+)\/metrics/],
  });
  const [url = '', adminUrl = ''] = started.matches.map((match) => match[1] ?? '');
  return { ...started, url, adminUrl };
}

const kill = async (running: Running): Promise<void> => {
  running.signal('SIGKILL');
  await running.exited;
};

/** Since when the memory of the sidecar's own sessions is followed, in Unix milliseconds. */
async function followedSince({ adminUrl }: Running): Promise<number> {
  const { series } = detectors.parse(await (await fetch(`${adminUrl}/api/v1/detectors`)).json());
  const found = series.find(({ detector }) => detector === 'sessions');
  if (found === undefined) throw new Error('detector sessions: want a verdict, got none');
  return found.verdict.sinceMs;
}

const probeRuns = async ({ adminUrl }: Running): Promise<readonly number[]> =>
  probe
    .parse(await (await fetch(`${adminUrl}/api/v1/probes/health`)).json())
    .runs.map(({ startedWallMs }) => startedWallMs);

const baselineOf = async ({ adminUrl }: Running) =>
  select(await scrape(`${adminUrl}/metrics`), 'mcp_baseline_latency_seconds', { tool: 'lookup' });

/** Waits until a file whose name matches is on the disk. */
const written = (name: RegExp): Promise<void> =>
  eventually(async () => expect(await readdir(state)).toContainEqual(expect.stringMatching(name)), 60_000);

beforeAll(async () => {
  upstream = stack.use(await startHandServer((_body, response) => response.end('ok')));
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-survives-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  state = join(folder, 'state');
  configFile = join(folder, 'mcp-vitals.yaml');
  const baselineFile = join(folder, 'baseline.yaml');
  await writeFile(baselineFile, 'tools:\n  lookup: { p99Ms: 30, throughputPerSecond: 100 }\n');
  await writeFile(
    configFile,
    `
upstream: ${upstream.url}
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: ${state}
baseline: ${baselineFile}
probes:
  list:
    - { name: health, kind: http, url: /, interval: 1s }
`,
  );
});

describe('what the sidecar remembers', () => {
  test('survives that it is killed again and again, at any moment', async () => {
    let running = await start();
    stack.defer(() => running.stop());
    await written(/^detectors$/);
    // Twice a minute.
    await written(/^probe/);
    const since = await followedSince(running);
    const [firstRun = 0] = (await probeRuns(running)).toReversed();
    const baseline = await baselineOf(running);
    expect(baseline.length).toBeGreaterThan(0);
    // Ten times a second it is just being written.
    for (const lifeMs of [310, 440, 290, 370, 525, 410]) {
      await kill(running);
      running = await start();
      await sleep(lifeMs);
    }
    await eventually(async () => expect(await followedSince(running)).toBe(since));
    expect(await probeRuns(running)).toContain(firstRun);
    expect(await baselineOf(running)).toEqual(baseline);
    expect(running.stderr()).not.toMatch(/set aside|begin anew/);
    // No more than the files themselves and the one that is being written.
    await eventually(async () =>
      expect((await readdir(state)).filter((name) => name.endsWith('.tmp'))).toEqual([]),
    );
  }, 180_000);
});

/** A small file system can only be mounted by root. */
const describeAsRoot = process.getuid?.() === 0 || process.env['CI'] ? describe : describe.skip;

describeAsRoot('what the sidecar remembers, on a disk that fills up,', () => {
  test('is kept, and the sidecar says so, works on, and goes on writing when there is room', async () => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    const mounted = await runProcess({
      command: 'mount',
      args: ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk],
    });
    expect(mounted.code).toBe(0);
    stack.defer(() => runProcess({ command: 'umount', args: ['--lazy', disk] }));
    const text = `state: ${state}`;
    state = join(disk, 'state');
    const config = await readFile(configFile, 'utf8');
    await writeFile(configFile, config.replace(text, `state: ${state}`));

    let running = await start();
    stack.defer(() => running.stop());
    await written(/^detectors$/);
    const since = await followedSince(running);
    const failures = async (): Promise<number> =>
      total(await scrape(`${running.adminUrl}/metrics`), 'mcp_vitals_state_write_failures_total');
    expect(await failures()).toBe(0);

    await runProcess({ command: 'dd', args: ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4k'] });
    await eventually(async () => expect(await failures()).toBeGreaterThan(2), 30_000);
    expect(running.stderr().match(/warn .*state .*: want it written, got: the disk is full/g)).toHaveLength(
      1,
    );
    expect(await (await fetch(running.url)).text()).toBe('ok');

    // Killed in the middle of it: the last state that fitted is there.
    await kill(running);
    running = await start();
    await eventually(async () => expect(await followedSince(running)).toBe(since));
    expect(running.stderr()).not.toMatch(/set aside|begin anew/);
    await eventually(async () => expect(await failures()).toBeGreaterThan(0), 30_000);

    await rm(join(disk, 'filler'));
    await eventually(() => expect(running.stderr()).toMatch(/info .*state .*: written again/), 30_000);
    const after = await failures();
    await sleep(500);
    expect(await failures()).toBe(after);
    await kill(running);
    running = await start();
    await eventually(async () => expect(await followedSince(running)).toBe(since));
  }, 180_000);
});
