import { afterEach, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import type { ProxySettings } from '../../src/proxy/settings.ts';
import { closeAll, closeLater, eventually, proxyTo, rawClient, rawUpstream, recorder } from './harness.ts';

afterEach(closeAll);

const POST = 'POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';

/** An upstream that does something when the request has come. */
async function after(act: (socket: Socket) => void): Promise<string> {
  return (await rawUpstream((socket) => socket.once('data', () => act(socket)))).url;
}

async function refused(): Promise<string> {
  const { url, server } = await rawUpstream(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

/** A listener that never takes its connections, and whose queue is full. */
async function unaccepting(): Promise<string> {
  const { spawn } = await import('node:child_process');
  const script =
    'import socket,sys\ns=socket.socket();s.bind(("127.0.0.1",0));s.listen(0)\nc=[]\nfor i in range(4):\n k=socket.socket();k.setblocking(False)\n try: k.connect(s.getsockname())\n except BlockingIOError: pass\n c.append(k)\nprint(s.getsockname()[1],flush=True)\nsys.stdin.read()';
  const child = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  closeLater(() => {
    child.kill('SIGKILL');
  });
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
  );
  return `http://127.0.0.1:${port}`;
}

describe('before the answer began', () => {
  const table: [string, () => Promise<string>, Partial<ProxySettings>, number, object][] = [
    ['a refused connection', refused, {}, 502, { kind: 'upstream_unreachable', code: 'ECONNREFUSED' }],
    [
      'an unknown host',
      async () => 'http://no-such-host.invalid',
      {},
      502,
      { kind: 'upstream_unreachable', code: expect.stringMatching(/^E(NOTFOUND|AI_AGAIN)$/) },
    ],
    [
      'a connection that takes too long',
      unaccepting,
      { connectTimeoutMs: 200 },
      504,
      { kind: 'upstream_timeout', phase: 'connect' },
    ],
    [
      'an answer that takes too long',
      async () => after(() => undefined),
      { headersTimeoutMs: 150 },
      504,
      { kind: 'upstream_timeout', phase: 'headers' },
    ],
    [
      'a head that stops half-way',
      async () => after((s) => s.write('HTTP/1.1 200 OK\r\nA: ')),
      { headersTimeoutMs: 150 },
      504,
      { kind: 'upstream_timeout', phase: 'headers' },
    ],
    [
      'a reset',
      async () => after((s) => s.resetAndDestroy()),
      {},
      502,
      { kind: 'upstream_reset', code: 'ECONNRESET' },
    ],
    [
      'a close',
      async () => after((s) => s.destroy()),
      {},
      502,
      { kind: 'upstream_reset', code: expect.stringMatching(/UPSTREAM_CLOSED|ECONNRESET/) },
    ],
    [
      'garbage',
      async () => after((s) => s.write('SSH-2.0-OpenSSH_9.2\r\n')),
      {},
      502,
      { kind: 'upstream_invalid', code: 'INVALID_STATUS_LINE' },
    ],
    [
      'another protocol on the port',
      async () => after((s) => s.write(Buffer.from([0x15, 3, 3, 0, 2, 2, 70]))),
      {},
      502,
      { kind: 'upstream_invalid', code: 'INVALID_STATUS_LINE' },
    ],
    [
      'two lengths at once',
      async () =>
        after((s) => s.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n')),
      {},
      502,
      { kind: 'upstream_invalid', code: 'INVALID_TRANSFER_ENCODING' },
    ],
    [
      'a head without an end',
      async () => after((s) => s.write(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(70_000)}`)),
      {},
      502,
      { kind: 'upstream_invalid', code: 'HEAD_TOO_LARGE' },
    ],
    [
      'an upgrade that nobody asked for',
      async () => after((s) => s.write('HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n')),
      {},
      502,
      { kind: 'upstream_invalid', code: 'UNEXPECTED_UPGRADE' },
    ],
    [
      'an upstream that speaks no TLS',
      async () => (await after((s) => s.write('HTTP/1.1 400 Bad\r\n\r\n'))).replace('http:', 'https:'),
      {},
      502,
      { kind: 'upstream_unreachable', code: 'EPROTO' },
    ],
  ];

  it.each(table)('%s is told to client and observer', async (_, upstream, changes, statusCode, end) => {
    const { observe, recordings } = recorder('{"jsonrpc":"2.0","id":1,"error":{}}');
    const { port, ...proxy } = await proxyTo(await upstream(), changes, { observe });
    const client = await rawClient(port, POST);
    const text = await client.until('{"jsonrpc":"2.0","id":1,"error":{}}');
    expect(text).toMatch(
      new RegExp(`^HTTP/1\\.1 ${statusCode} .*\r\nContent-Type: application/json\r\nContent-Length: 35\r\n`),
    );
    await eventually(() => recordings[0]?.end !== undefined, 'the end');
    expect(recordings[0]?.end).toEqual(end);
    expect(recordings[0]?.requestBody).toBe('hi');
    expect(recordings[0]?.events.slice(0, 3)).toEqual([
      'requestBody',
      'requestEnd',
      expect.stringMatching(`^failureBody ${statusCode} upstream: want`),
    ]);
    expect(recordings[0]?.events).toHaveLength(4);
    expect(proxy.activeExchanges()).toBe(0);
    // The client's connection is still good.
    client.socket.write(POST);
    await client.until(/"error"[^]*"error"/);
  });

  it('is a line of text for a request that is not JSON-RPC', async () => {
    const { port } = await proxyTo(await refused());
    const client = await rawClient(port, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.until('ECONNREFUSED\n')).toContain(
      'HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 46\r\n',
    );
  });

  it('has no body for HEAD', async () => {
    const { port } = await proxyTo(await refused());
    const client = await rawClient(port, 'HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.until('\r\n\r\n')).toMatch(/\r\n\r\n$/);
  });

  it('waits for the rest of the request so that its id is known', async () => {
    const { observe, recordings } = recorder('{}');
    const { port } = await proxyTo(await refused(), {}, { observe });
    const client = await rawClient(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf');
    await eventually(() => recordings.length > 0, 'the exchange');
    client.socket.write('rest');
    await client.until(/\r\n\r\n\{\}$/);
    expect(recordings[0]?.requestBody).toBe('halfrest');
    expect(recordings[0]?.events.slice(0, 2)).toEqual(['requestBody', 'requestEnd']);
  });

  it('does not wait for a rest that never comes', async () => {
    const { port } = await proxyTo(await refused());
    const client = await rawClient(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf');
    expect(await client.until('ECONNREFUSED\n')).toContain('\r\nConnection: close\r\n');
    await client.closed;
  });
});

describe('in the middle of the answer', () => {
  it.each([
    [
      'a reset',
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello',
      (s: Socket) => s.resetAndDestroy(),
      'upstream_reset',
    ],
    [
      'a close before the length is reached',
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello',
      (s: Socket) => s.destroy(),
      'upstream_reset',
    ],
    [
      'a close before the last chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      (s: Socket) => s.destroy(),
      'upstream_reset',
    ],
    [
      'a broken chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      (s: Socket) => s.write('zz\r\n'),
      'upstream_invalid',
    ],
  ])('%s cuts the client off behind what came', async (_, answer, then, kind) => {
    const { observe, recordings } = recorder();
    let socket: Socket | undefined;
    const url = await after((upstream) => {
      socket = upstream;
      upstream.write(answer);
    });
    const { port } = await proxyTo(url, {}, { observe });
    const client = await rawClient(port, POST);
    await client.until('hello');
    if (socket !== undefined) then(socket);
    await client.closed;
    expect(client.text()).toMatch(/hello(\r\n)?$/);
    await eventually(() => recordings[0]?.end !== undefined, 'the end');
    expect(recordings[0]?.end?.kind).toBe(kind);
    expect(recordings[0]?.events).toContain('responseHead 200');
  });

  it('an HTTP/1.0 client sees a reset, for it knows no other sign', async () => {
    const url = await after((s) => {
      s.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
      setTimeout(() => s.destroy(), 50);
    });
    const { port } = await proxyTo(url);
    const client = await rawClient(port, 'GET / HTTP/1.0\r\n\r\n');
    const error = await new Promise<Error>((resolve) => client.socket.once('error', resolve));
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });
});
