import net from 'node:net';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../harness/free-port.ts';
import { openSockets } from '../harness/open-sockets.ts';
import { eventually } from '../harness/eventually.ts';
import {
  connectTo,
  databaseProxyTo,
  databaseRecorder,
  errorFields,
  SSL_REQUEST,
  START_UP,
  startPeerServer,
} from './database-harness.ts';
import { closeAll, closeLater } from './harness.ts';

afterEach(closeAll);

const MIB = 1024 * 1024;

/** A client and the server's end of its connection through a proxy. */
async function pair(options: Parameters<typeof databaseProxyTo>[2] = {}) {
  const server = await startPeerServer();
  const proxy = await databaseProxyTo(server.port, {}, options);
  const client = await connectTo(proxy.port);
  return { server: await server.next(), peers: server, proxy, client };
}

describe('bytes', () => {
  it('pass both ways, and the observer sees them', async () => {
    const { observe, recordings } = databaseRecorder();
    const { client, server } = await pair({ observe });
    client.socket.write('question');
    expect(String(await server.received(8))).toBe('question');
    server.socket.write('answer');
    expect(String(await client.received(6))).toBe('answer');
    client.socket.end();
    await server.ended;
    server.socket.end();
    await client.ended;
    await eventually(() => expect(recordings[0]?.ends).toEqual([{ kind: 'closed', by: 'client' }]));
    expect(Buffer.concat(recordings[0]!.fromClient).toString()).toBe('question');
    expect(Buffer.concat(recordings[0]!.fromServer).toString()).toBe('answer');
  });

  it('pass that the server sends first, and all at once', async () => {
    const { client, server } = await pair();
    const everything = Buffer.alloc(5 * MIB, 'every byte counts');
    server.socket.write(everything);
    expect((await client.received(everything.length)).equals(everything)).toBe(true);
    client.socket.write(everything);
    expect((await server.received(everything.length)).equals(everything)).toBe(true);
  });

  it('opens the connection to the server before the client says anything', async () => {
    const { server } = await pair();
    expect(server.socket.readyState).toBe('open');
  });

  it.each(['client', 'server'] as const)(
    'are not gathered for a %s that does not read',
    async (reader) => {
      let seen = 0;
      const observe = () => ({
        fromClient: (chunk: Buffer) => void (seen += chunk.length),
        fromServer: (chunk: Buffer) => void (seen += chunk.length),
        end: () => undefined,
      });
      const ends = await pair({ observe });
      const slow = ends[reader];
      const fast = reader === 'client' ? ends.server : ends.client;
      slow.socket.pause();
      const chunk = Buffer.alloc(MIB, 1);
      const total = 64 * MIB;
      for (let sent = 0; sent < total; sent += MIB) fast.socket.write(chunk);
      let before = -1;
      await eventually(async () => {
        before = seen;
        await sleep(100);
        expect(seen).toBe(before);
      });
      // What is left went into the buffers of the two kernels' sockets.
      expect(seen).toBeLessThan(24 * MIB);
      slow.socket.resume();
      await slow.received(total);
      expect(seen).toBe(total);
    },
    30_000,
  );
});

describe('the end of a connection', () => {
  it.each(['client', 'server'] as const)(
    'passes a FIN of the %s on and goes on the other way',
    async (first) => {
      const { observe, recordings } = databaseRecorder();
      const ends = await pair({ observe });
      const other = first === 'client' ? ends.server : ends.client;
      ends[first].socket.end('last words');
      expect(await other.ended).toBe('end');
      expect(String(other.bytes())).toBe('last words');
      other.socket.write('still here');
      expect(String(await ends[first].received(10))).toBe('still here');
      other.socket.end();
      expect(await ends[first].ended).toBe('end');
      await eventually(() => expect(ends.proxy.connections()).toBe(0));
      const by = first === 'client' ? 'client' : 'upstream';
      expect(recordings[0]?.ends).toEqual([{ kind: 'closed', by }]);
    },
  );

  it.each(['client', 'server'] as const)('passes a reset of the %s on', async (first) => {
    const { observe, recordings } = databaseRecorder();
    const ends = await pair({ observe });
    const other = first === 'client' ? ends.server : ends.client;
    other.socket.write('x');
    await ends[first].received(1);
    ends[first].socket.resetAndDestroy();
    expect(await other.ended).toBe('ECONNRESET');
    await eventually(() =>
      expect(recordings[0]?.ends).toEqual([
        { kind: 'reset', by: first === 'client' ? 'client' : 'upstream', code: 'ECONNRESET' },
      ]),
    );
    await eventually(() => expect(ends.proxy.connections()).toBe(0));
  });

  it('lets the client have what the server said right before its reset', async () => {
    const { client, server } = await pair();
    client.socket.write('x');
    await server.received(1);
    server.socket.write('last words');
    server.socket.resetAndDestroy();
    expect(await client.ended).toBe('ECONNRESET');
    expect(String(client.bytes())).toBe('last words');
  });

  it('resets a server that waits for a client which is gone', async () => {
    const { client, server, proxy } = await pair();
    client.socket.pause();
    server.socket.pause();
    server.socket.write(Buffer.alloc(32 * MIB));
    client.socket.write(Buffer.alloc(32 * MIB));
    await sleep(300);
    client.socket.resetAndDestroy();
    server.socket.resume();
    await server.ended;
    await eventually(() => expect(proxy.connections()).toBe(0));
  });
});

describe('without a database', () => {
  it.each([
    ['a start-up packet', [START_UP], ''],
    ['a request for TLS', [SSL_REQUEST, START_UP], 'N'],
  ])('tells a client why in answer to %s', async (_, packets, before) => {
    const { observe, recordings } = databaseRecorder();
    const port = await freePort();
    const proxy = await databaseProxyTo(port, {}, { observe });
    const client = await connectTo(proxy.port);
    await eventually(() =>
      expect(recordings[0]?.ends).toEqual([{ kind: 'unreachable', code: 'ECONNREFUSED' }]),
    );
    expect(client.bytes()).toHaveLength(0);
    client.socket.write(packets[0]!);
    if (before !== '') {
      expect(String(await client.received(1))).toBe(before);
      client.socket.write(packets[1]!);
    }
    expect(await client.ended).toBe('end');
    expect(errorFields(client.bytes().subarray(before.length))).toEqual({
      S: 'FATAL',
      V: 'FATAL',
      C: '57P03',
      M: `mcp-vitals: connect 127.0.0.1:${port}: connection refused`,
    });
    client.socket.end();
    await eventually(() => expect(proxy.connections()).toBe(0));
    expect(recordings[0]?.ends).toHaveLength(1);
  });

  it('closes when the client closes without a word', async () => {
    const proxy = await databaseProxyTo(await freePort());
    const client = await connectTo(proxy.port);
    client.socket.end();
    expect(await client.ended).toBe('end');
    await eventually(() => expect(proxy.connections()).toBe(0));
  });

  it('closes for a client that makes TLS without asking, and for a cancel request', async () => {
    const proxy = await databaseProxyTo(await freePort());
    for (const first of ['\x16\x03\x01\x02\0', '\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\x07\x01\x02\x03\x04']) {
      const client = await connectTo(proxy.port);
      client.socket.write(first, 'latin1');
      await client.ended;
      expect(client.bytes()).toHaveLength(0);
    }
  });

  it.each([
    ['a port that cannot be', { host: '127.0.0.1', port: 70_000 }, 'ERR_SOCKET_BAD_PORT'],
    ['a name that cannot be', { host: 'database.invalid', port: 5432 }, /^(ENOTFOUND|EAI_AGAIN)$/],
  ])('tells of %s', async (_, upstream, code) => {
    const { observe, recordings } = databaseRecorder();
    const proxy = await databaseProxyTo(1, { upstream, connectTimeoutMs: 0 }, { observe });
    const client = await connectTo(proxy.port);
    client.socket.write(START_UP);
    await client.ended;
    expect(errorFields(client.bytes())?.['M']).toMatch(
      new RegExp(`^mcp-vitals: connect ${upstream.host}:${upstream.port}: .+`),
    );
    expect(recordings[0]?.ends).toEqual([{ kind: 'unreachable', code: expect.stringMatching(code) }]);
  });

  it('gives up at its time limit', async () => {
    // A server that accepts, but never answers the request for TLS.
    const server = await startPeerServer();
    const { observe, recordings } = databaseRecorder();
    const proxy = await databaseProxyTo(
      server.port,
      { connectTimeoutMs: 200, tlsMode: 'originate' },
      { observe },
    );
    const client = await connectTo(proxy.port);
    client.socket.write(START_UP);
    const { socket } = await server.next();
    socket.on('end', () => socket.end());
    await client.ended;
    expect(errorFields(client.bytes())?.['M']).toBe(
      `mcp-vitals: connect 127.0.0.1:${server.port}: want a connection within 200 ms, got none`,
    );
    expect(recordings[0]?.ends).toEqual([{ kind: 'timeout' }]);
    await eventually(() => expect(server.open()).toBe(0));
  });

  it('serves again once there is one', async () => {
    const port = await freePort();
    const proxy = await databaseProxyTo(port);
    const failed = await connectTo(proxy.port);
    failed.socket.write(START_UP);
    await failed.ended;
    const late = net.createServer((socket) => socket.end('here'));
    await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve));
    closeLater(() => {
      late.close();
    });
    const client = await connectTo(proxy.port);
    await client.ended;
    expect(String(client.bytes())).toBe('here');
  });
});

describe('the observer', () => {
  it.each(['fromClient', 'fromServer', 'end', 'start'])('may throw at %s: the bytes go on', async (where) => {
    const errors: unknown[] = [];
    const calls: string[] = [];
    const boom = (name: string) => () => {
      calls.push(name);
      if (name === where) throw new Error(name);
    };
    const { client, server } = await pair({
      observe: () => {
        boom('start')();
        return { fromClient: boom('fromClient'), fromServer: boom('fromServer'), end: boom('end') };
      },
      onObserverError: (error) => errors.push(error),
    });
    for (let round = 0; round < 3; round++) {
      client.socket.write('ping');
      await server.received(4 * round + 4);
      server.socket.write('pong');
      await client.received(4 * round + 4);
    }
    client.socket.end();
    server.socket.end();
    await eventually(() => expect(errors).toEqual([new Error(where)]));
    await eventually(() => expect(calls.includes('end')).toBe(where !== 'start'));
    expect(calls.filter((name) => name === where)).toHaveLength(1);
  });

  it('may be absent', async () => {
    const { client, server } = await pair({ observe: () => undefined });
    client.socket.write('x');
    expect(await server.received(1)).toHaveLength(1);
  });
});

describe('a database that is gone', () => {
  it('is told to the observer while the client holds on', async () => {
    const { observe, recordings } = databaseRecorder();
    const { client, server } = await pair({ observe });
    server.socket.end('bye');
    await client.received(3);
    await eventually(() => expect(recordings[0]?.serverEnded).toBe(1));
    expect(recordings[0]?.ends).toEqual([]);
    client.socket.end();
    await eventually(() => expect(recordings[0]?.ends).toEqual([{ kind: 'closed', by: 'upstream' }]));
  });
});

describe('drain', () => {
  it('accepts nothing more, waits for connections, and cuts them at the limit', async () => {
    const { observe, recordings } = databaseRecorder();
    const { client, server, proxy } = await pair({ observe });
    const drained = proxy.drain(300);
    await expect(connectTo(proxy.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    client.socket.write('still');
    await server.received(5);
    await drained;
    expect(proxy.connections()).toBe(0);
    await Promise.all([client.ended, server.ended]);
    expect(recordings[0]?.ends).toEqual([{ kind: 'shutdown' }]);
  });

  it('cuts a connection once nothing moves, but not while its client awaits an answer', async () => {
    const { client, server, proxy } = await pair();
    let isDone = false;
    const drain = async (): Promise<void> => {
      await proxy.drain(60_000);
      isDone = true;
    };
    client.socket.write('a question');
    await server.received(10);
    const drained = drain();
    await sleep(1500);
    expect(isDone).toBe(false);
    server.socket.write('an answer');
    await drained;
    await Promise.all([client.ended, server.ended]);
    expect(String(client.bytes())).toBe('an answer');
    expect(proxy.connections()).toBe(0);
  }, 20_000);

  it('goes by the observer where that can tell', async () => {
    let isIdle = false;
    const observe = () => ({
      fromClient: () => undefined,
      fromServer: () => undefined,
      isIdle: () => isIdle,
      end: () => undefined,
    });
    const { client, server, proxy } = await pair({ observe });
    const drained = proxy.drain(60_000);
    await sleep(1500);
    expect(proxy.connections()).toBe(1);
    isIdle = true;
    await drained;
    await Promise.all([client.ended, server.ended]);
  }, 20_000);

  it('is done when the last connection ends', async () => {
    const { client, server, proxy } = await pair();
    const drained = proxy.drain(60_000);
    client.socket.end();
    server.socket.end();
    await drained;
    expect(proxy.connections()).toBe(0);
  });

  it('cuts a connection that is still being made', async () => {
    const server = await startPeerServer();
    const { observe, recordings } = databaseRecorder();
    const proxy = await databaseProxyTo(server.port, { tlsMode: 'originate' }, { observe });
    const client = await connectTo(proxy.port);
    const { socket } = await server.next();
    socket.on('end', () => socket.end());
    await proxy.drain(0);
    await client.ended;
    await eventually(() => expect(server.open()).toBe(0));
    expect(recordings[0]?.ends).toEqual([{ kind: 'shutdown' }]);
  });
});

it('takes new settings with the next connection', async () => {
  const old = await startPeerServer();
  const fresh = await startPeerServer();
  let port = old.port;
  const proxy = await databaseProxyTo(
    0,
    {},
    {
      settings: () => ({
        upstream: { host: '127.0.0.1', port },
        tlsMode: 'pass',
        tls: {},
        connectTimeoutMs: 1_000,
      }),
    },
  );
  const first = await connectTo(proxy.port);
  const firstServer = await old.next();
  port = fresh.port;
  await connectTo(proxy.port);
  await fresh.next();
  first.socket.write('old');
  expect(String(await firstServer.received(3))).toBe('old');
});

it('leaks nothing over 500 connections that end in every way', async () => {
  const { observe, recordings } = databaseRecorder();
  const server = await startPeerServer();
  const proxy = await databaseProxyTo(server.port, {}, { observe });
  const dead = await databaseProxyTo(await freePort(), {}, { observe });
  const before = openSockets();
  const files = readdirSync('/proc/self/fd').length;
  for (let i = 0; i < 500; i++) {
    const way = i % 8;
    const client = await connectTo(way === 7 ? dead.port : proxy.port);
    if (way === 7) {
      client.socket.write(START_UP);
      await client.ended;
      client.socket.end();
      continue;
    }
    if (way === 0) {
      // Gone before anybody noticed.
      client.socket.destroy();
      (await server.next()).socket.end();
      continue;
    }
    const upstream = await server.next();
    client.socket.write('some bytes');
    await upstream.received(10);
    if (way === 1) client.socket.resetAndDestroy();
    if (way === 2) upstream.socket.resetAndDestroy();
    if (way === 3 || way === 4) client.socket.end();
    if (way === 4 || way === 5) upstream.socket.end();
    if (way === 3) void upstream.ended.then(() => upstream.socket.end());
    if (way === 5) void client.ended.then(() => client.socket.end());
    if (way === 6) client.socket.destroy();
    if (way === 6) void upstream.ended.then(() => upstream.socket.end());
  }
  await eventually(() => {
    expect(proxy.connections() + dead.connections()).toBe(0);
    expect(openSockets()).toBeLessThanOrEqual(before);
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(files);
  });
  expect(recordings).toHaveLength(500);
  expect(recordings.map(({ ends }) => ends.length)).toEqual(Array.from({ length: 500 }, () => 1));
}, 30_000);
