import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { startChild } from '../../src/demo/start-child.ts';

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(20);
}

it('starts a program, hands over what it reports, and ends it', async () => {
  const child = await startChild({ program: 'weather-service', env: {}, onFailure: () => undefined });
  expect(child.ready['url']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await child.stop();
  expect(isAlive(child.pid)).toBe(false);
});

it('reports a child that dies, by name', async () => {
  const died = Promise.withResolvers<string>();
  const child = await startChild({ program: 'weather-service', env: {}, onFailure: died.resolve });
  process.kill(child.pid, 'SIGKILL');
  expect(await died.promise).toBe('weather service: want it running, got SIGKILL');
  await child.stop();
});

it('leaves no child behind when the parent is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'start-child-'));
  const parentFile = join(folder, 'parent.ts');
  const module = new URL('../../src/demo/start-child.ts', import.meta.url).href;
  await writeFile(
    parentFile,
    `import { startChild } from ${JSON.stringify(module)};
     const child = await startChild({ program: 'weather-service', env: {}, onFailure: () => undefined });
     process.send(child.pid);`,
  );
  const parent = fork(parentFile, [], { execArgv: [] });
  const [pid] = (await once(parent, 'message')) as unknown[];
  expect(isAlive(Number(pid))).toBe(true);
  parent.kill('SIGKILL');
  await untilGone(Number(pid));
});
