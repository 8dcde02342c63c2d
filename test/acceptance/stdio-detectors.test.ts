import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { connect } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { select } from '../harness/exposition.ts';
import { scrape } from '../harness/scrape.ts';
import { stdioServers } from '../harness/servers.ts';
import { mainPath } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

test('a stdio server is watched without configuration, and remembered where there is a directory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-stdio-state-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  let log = '';
  const sidecar = ['stdio', '--admin', '127.0.0.1:0', '--log.level', 'info', '--state', folder, '--'];
  const client = await connect('sdk1', {
    stdio: [process.execPath, mainPath, ...sidecar, ...stdioServers.memory],
    env: {},
    onStderr: (text) => (log += text),
  });
  stack.defer(client.abandon);
  await client.listTools();
  await eventually(() => expect(log).toMatch(/metrics on http/));
  const metricsUrl = /metrics on (http:\S+\/metrics)/.exec(log)?.[1] ?? '';
  // The first sampling comes after a quarter of a minute, the first conclusion with it.
  await eventually(async () => {
    const states = select(await scrape(metricsUrl), 'mcp_detector_state');
    const watched = states.map(({ labels }) => [labels['detector'], labels['series']].join(' ').trim());
    expect(watched).toEqual(expect.arrayContaining(['memory', 'open_files', 'threads', 'sessions']));
    expect(states.every(({ value }) => value === 0)).toBe(true);
  }, 40_000);
  const report = await fetch(new URL('/api/v1/detectors', metricsUrl));
  expect(await report.json()).toHaveProperty('series');
  await client.stop();
  await eventually(async () => {
    expect((await readFile(join(folder, 'detectors'))).includes('open_files')).toBe(true);
  });
}, 90_000);
