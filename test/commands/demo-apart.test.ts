import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { total } from '../harness/exposition.ts';
import { freePort } from '../harness/free-port.ts';
import { mainPath, startSidecar } from '../harness/sidecar.ts';
import { runProcess, startProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const demo = (...args: readonly string[]) => ({
  command: process.execPath,
  args: [mainPath, 'demo', ...args],
});

describe('mcp-vitals demo in parts', () => {
  it('has clients that wait for the server, and a server that is called by way of a sidecar', async () => {
    const port = await freePort();
    const sidecar = stack.use(await startSidecar(['--upstream', `http://127.0.0.1:${port}`]));
    const clients = stack.use(
      await startProcess({
        ...demo('--clients', `${sidecar.url}/mcp`, '--rate', '20'),
        ready: [/Waiting for http:\/\/127\.0\.0\.1:\d+\/mcp: /],
      }),
    );
    const server = stack.use(
      await startProcess({
        ...demo('--serve', `127.0.0.1:${port}`),
        ready: [/MCP server of the demo on http:\/\/127\.0\.0\.1:\d+\/mcp/],
        readyTimeoutMs: 90_000,
      }),
    );
    const ok = { method: 'tools/call', endpoint: 'get_user', status: 'ok' };
    await eventually(async () => {
      expect(total(await sidecar.metrics(), 'request_duration_seconds_count', ok)).toBeGreaterThan(10);
    }, 60_000);
    expect(clients.stdout()).toMatch(/Clients make 20 calls a second/);

    // Each part ends when it is told to.
    expect((await clients.stop()).code).toBe(0);
    expect((await server.stop()).code).toBe(0);
    await sleep(100);
    await expect(fetch(`http://127.0.0.1:${port}/mcp`)).rejects.toThrow('fetch failed');
  }, 180_000);

  it.each([
    [['--serve', '8000'], '--serve: want an address such as 0.0.0.0:8000, got "8000"'],
    [
      ['--clients', 'mcp-vitals:8080'],
      '--clients: want a URL such as http://127.0.0.1:8080/mcp, got "mcp-vitals:8080"',
    ],
    [
      ['--serve', '127.0.0.1:0', '--for', '3s'],
      'demo: want --serve, --clients, --rate or --break alone, got "--for"',
    ],
    [
      ['--serve', '127.0.0.1:0', '--rate', '0'],
      '--rate: want calls a second, above 0 and at most 1000, got 0',
    ],
    [
      ['--serve', '127.0.0.1:0', '--break', 'disk'],
      '--break: want some of sessions, memory, tool, separated by commas, got disk',
    ],
  ])(
    '%j ends with one clear line',
    async (args, problem) => {
      const { code, stderr } = await runProcess(demo(...args));
      expect(stderr).toContain(`mcp-vitals: ${problem}`);
      expect(code).toBe(2);
    },
    60_000,
  );
});
