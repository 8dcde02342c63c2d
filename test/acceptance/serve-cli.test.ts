import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { total, totalBy } from '../harness/exposition.ts';
import { freePort } from '../harness/free-port.ts';
import { startHandServer, startSilentServer } from '../harness/hand-server.ts';
import { mainPath, startSidecar } from '../harness/sidecar.ts';
import { runProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-serve-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
});
afterAll(stack.stopAll, 60_000);

const json = { 'content-type': 'application/json' };
const rpcResult = (id: unknown): string => JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } });
const toolCall = (id: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'get_user', arguments: {} } });
const post = (url: string, body: string): Promise<Response> =>
  fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { ...json, accept: 'application/json, text/event-stream' },
    body,
  });

function serve(args: readonly string[]): ReturnType<typeof runProcess> {
  return runProcess({ command: process.execPath, args: [mainPath, 'serve', ...args] });
}

/** The only line of a text; fails if there are more or none. */
function onlyLine(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('a start that cannot work', () => {
  test('without an upstream ends with one line and exit code 2', async () => {
    const run = await serve([]);
    expect(run.code).toBe(2);
    expect(onlyLine(run.stderr)).toMatch(/upstream/);
  }, 30_000);

  test.each(['--listen', '--admin'])(
    'with the port of %s in use ends with one line about it and exit code 2',
    async (flag) => {
      const occupant = stack.use(await startHandServer((_body, response) => void response.end()));
      const flags = {
        '--listen': '127.0.0.1:0',
        '--admin': '127.0.0.1:0',
        [flag]: `127.0.0.1:${occupant.port}`,
      };
      const run = await serve(['--upstream', 'http://127.0.0.1:9', ...Object.entries(flags).flat()]);
      expect(run.code).toBe(2);
      const about = run.stderr.split('\n').filter((line) => line.includes(String(occupant.port)));
      expect(about).toHaveLength(1);
      expect(about[0]).toMatch(/in use/);
      expect(run.stderr).not.toMatch(/^ {4}at /m);
    },
    30_000,
  );

  test('with an unknown flag ends with one line and exit code 2', async () => {
    const run = await serve(['--upstream', 'http://127.0.0.1:9', '--listn', '127.0.0.1:0']);
    expect(run.code).toBe(2);
    expect(onlyLine(run.stderr)).toMatch(/--listn\b.*--listen/);
  }, 30_000);
});

describe('SIGTERM', () => {
  test('lets a running call finish and then exits with 0', async () => {
    let answer: (() => void) | undefined;
    const upstream = stack.use(
      await startHandServer((_body, response, { method }) => {
        // The probes below are GETs; one may still get in before the signal does.
        if (method === 'GET') response.end();
        else answer = () => void response.writeHead(200, json).end(rpcResult(1));
      }),
    );
    const sidecar = stack.use(await startSidecar(['--upstream', upstream.url]));
    const pending = post(sidecar.url, toolCall(1));
    await eventually(() => expect(answer).toBeDefined());
    sidecar.signal('SIGTERM');
    await eventually(async () => {
      await expect(fetch(sidecar.url)).rejects.toThrow('fetch failed');
    });
    answer?.();
    const response = await pending;
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(rpcResult(1));
    expect(await sidecar.exited).toEqual({ code: 0, signal: null });
  }, 30_000);

  test('cuts what has not finished when the drain limit is over', async () => {
    const upstream = stack.use(await startSilentServer());
    const sidecar = stack.use(
      await startSidecar(['--upstream', upstream.url, '--listen.drain-timeout', '300ms']),
    );
    const pending = post(sidecar.url, toolCall(1)).then(
      () => 'answered',
      () => 'cut',
    );
    await eventually(async () => {
      expect(total(await sidecar.metrics(), 'mcp_requests_in_flight')).toBe(1);
    });
    sidecar.signal('SIGTERM');
    expect(await pending).toBe('cut');
    expect((await sidecar.exited).signal).toBeNull();
  }, 30_000);
});

describe('SIGHUP', () => {
  test('applies a good file, keeps the running configuration with a broken one, and says which', async () => {
    const first = stack.use(await startHandServer((_body, response) => void response.end('first')));
    const second = stack.use(await startHandServer((_body, response) => void response.end('second')));
    const file = join(folder, 'reload.yaml');
    const configure = (text: string): Promise<void> => writeFile(file, text);
    await configure(`upstream: ${first.url}\n`);
    const sidecar = stack.use(await startSidecar(['--config', file]));
    const reached = async (): Promise<string> => (await fetch(sidecar.url)).text();
    const successful = async (): Promise<number> =>
      total(await sidecar.metrics(), 'mcp_vitals_config_last_reload_successful');
    expect(await reached()).toBe('first');
    expect(await successful()).toBe(1);

    await configure(`upstream: ${second.url}\n`);
    sidecar.signal('SIGHUP');
    await eventually(async () => expect(await reached()).toBe('second'));
    expect(await successful()).toBe(1);

    await configure(`upstream: ${first.url}\nupstreem: nonsense\n`);
    sidecar.signal('SIGHUP');
    await eventually(async () => expect(await successful()).toBe(0));
    expect(await reached()).toBe('second');
    expect(sidecar.stderr()).toMatch(/upstreem/);

    await configure(`upstream: ${first.url}\n`);
    sidecar.signal('SIGHUP');
    await eventually(async () => expect(await reached()).toBe('first'));
    expect(await successful()).toBe(1);
  }, 30_000);
});

describe('the admin server', () => {
  const upstream = 'http://127.0.0.1:9';

  test.each([
    ['the environment', async () => ({ args: [], env: { MCP_VITALS_ADMIN_TOKEN: 'a-long-secret' } })],
    [
      'a file',
      async () => {
        const tokenFile = join(folder, 'token');
        await writeFile(tokenFile, 'a-long-secret\n');
        return { args: ['--admin.token-file', tokenFile], env: {} };
      },
    ],
  ])(
    'wants the token from %s for everything but /healthz and /readyz, and never prints it',
    async (_where, given) => {
      const { args, env } = await given();
      const sidecar = stack.use(await startSidecar(['--upstream', upstream, ...args], env));
      const status = async (path: string, authorization?: string): Promise<number> => {
        const response = await fetch(`${sidecar.adminUrl}${path}`, {
          headers: authorization === undefined ? {} : { authorization },
        });
        await response.body?.cancel();
        return response.status;
      };
      for (const path of ['/metrics', '/api/v1/status']) {
        expect(await status(path)).toBe(401);
        expect(await status(path, 'Bearer wrong')).toBe(401);
        expect(await status(path, 'Bearer a-long-secret-and-more')).toBe(401);
        expect(await status(path, 'Bearer a-long-secret')).toBe(200);
      }
      expect(await status('/healthz')).toBe(200);
      // Open as well: its upstream is down, which is another answer than 401.
      expect(await status('/readyz')).toBe(503);
      expect(sidecar.stderr() + sidecar.stdout()).not.toContain('a-long-secret');
    },
    30_000,
  );

  test.each([
    ['0.0.0.0:0', {}, true],
    ['0.0.0.0:0', { MCP_VITALS_ADMIN_TOKEN: 'a-long-secret' }, false],
    ['127.0.0.1:0', {}, false],
  ])(
    'on %s with %j warns about the missing token: %s',
    async (address, env, warns) => {
      const sidecar = stack.use(await startSidecar(['--upstream', upstream, '--admin', address], env));
      await sidecar.stop();
      expect(/warn.*token/i.test(sidecar.stderr())).toBe(warns);
    },
    30_000,
  );

  test('answers /api/v1/status with JSON', async () => {
    const sidecar = stack.use(await startSidecar(['--upstream', upstream]));
    const response = await fetch(`${sidecar.adminUrl}/api/v1/status`);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual(expect.any(Object));
  }, 30_000);

  test('serves /metrics with the content type that Prometheus 3 asks for', async () => {
    const sidecar = stack.use(await startSidecar(['--upstream', upstream]));
    const response = await fetch(`${sidecar.adminUrl}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; ?version=0\.0\.4/);
  }, 30_000);

  test('answers /readyz with 503 while the upstream is down and with 200 when it is up', async () => {
    const port = await freePort();
    const sidecar = stack.use(await startSidecar(['--upstream', `http://127.0.0.1:${port}`]));
    const ready = async (): Promise<number> => (await fetch(`${sidecar.adminUrl}/readyz`)).status;
    expect(await ready()).toBe(503);
    stack.use(await startHandServer((_body, response) => void response.end(), port));
    await eventually(async () => expect(await ready()).toBe(200));
  }, 30_000);
});

describe('an upstream that fails', () => {
  test.each([7, 'an id', 0])(
    'that is down: 502 with a JSON-RPC error for id %j, counted as unreachable',
    async (id) => {
      const port = await freePort();
      const sidecar = stack.use(await startSidecar(['--upstream', `http://127.0.0.1:${port}`]));
      const response = await post(sidecar.url, toolCall(id));
      expect(response.status).toBe(502);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.json()).toEqual({
        jsonrpc: '2.0',
        id,
        error: expect.objectContaining({ code: expect.any(Number), message: expect.any(String) }),
      });
      await eventually(async () => {
        const samples = await sidecar.metrics();
        expect(totalBy(samples, 'request_duration_seconds_count', ['method', 'status'])).toEqual({
          'tools/call unreachable': 1,
        });
        expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
      });
    },
    30_000,
  );

  test('that is down: 502 in plain text for a request that is not JSON-RPC', async () => {
    const port = await freePort();
    const sidecar = stack.use(await startSidecar(['--upstream', `http://127.0.0.1:${port}`]));
    const response = await fetch(`${sidecar.url}/.well-known/oauth-protected-resource`);
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  }, 30_000);

  test('that never answers: 504 with a JSON-RPC error, counted as timeout', async () => {
    const upstream = stack.use(await startSilentServer());
    const sidecar = stack.use(
      await startSidecar(['--upstream', upstream.url, '--upstream.headers-timeout', '300ms']),
    );
    const response = await post(sidecar.url, toolCall('slow'));
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({
      jsonrpc: '2.0',
      id: 'slow',
      error: { code: expect.any(Number) },
    });
    await eventually(async () => {
      const samples = await sidecar.metrics();
      expect(totalBy(samples, 'request_duration_seconds_count', ['method', 'status'])).toEqual({
        'tools/call timeout': 1,
      });
    });
  }, 30_000);

  test('that comes back is used again without a restart of the sidecar', async () => {
    const first = await startHandServer(
      (_body, response) => void response.writeHead(200, json).end(rpcResult(1)),
    );
    const sidecar = stack.use(await startSidecar(['--upstream', first.url]));
    expect((await post(sidecar.url, toolCall(1))).status).toBe(200);
    await first.stop();
    expect((await post(sidecar.url, toolCall(1))).status).toBe(502);
    stack.use(
      await startHandServer(
        (_body, response) => void response.writeHead(200, json).end(rpcResult(1)),
        first.port,
      ),
    );
    expect((await post(sidecar.url, toolCall(1))).status).toBe(200);
    await eventually(async () => {
      const counts = totalBy(await sidecar.metrics(), 'request_duration_seconds_count', ['status']);
      expect(counts).toEqual({ ok: 2, unreachable: 1 });
    });
  }, 30_000);
});
