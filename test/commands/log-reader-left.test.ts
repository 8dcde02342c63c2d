import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { startHandServer } from '../harness/hand-server.ts';
import { mainPath } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 30_000);

it('a proxy whose log reader has left serves on, and ends in order', async () => {
  const upstream = stack.use(await startHandServer((_body, response) => void response.end('served')));
  const flags = ['--upstream', upstream.url, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];
  const child = spawn(process.execPath, [mainPath, 'serve', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  stack.defer(async () => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  await eventually(() => expect(log).toMatch(/traffic on \S+/));
  const url = /traffic on ([^\s,]+)/.exec(log)?.[1] ?? '';
  const admin = /metrics on (\S+)/.exec(log)?.[1] ?? '';

  child.stderr.destroy();
  // Each makes it write to the closed pipe.
  for (let reloads = 0; reloads < 3; reloads += 1) {
    child.kill('SIGHUP');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await (await fetch(url)).text()).toBe('served');
  }
  // It did read the configuration again, so that it had something to say.
  expect(await (await fetch(admin)).text()).toContain('mcp_vitals_config_last_reload_successful');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
}, 30_000);
