import { afterEach, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import {
  cannedUpstream,
  closeAll,
  eventually,
  proxyTo,
  rawClient,
  rawUpstream,
  recorder,
  settingsFor,
} from './harness.ts';

afterEach(closeAll);

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';

/** Sends requests one after another on one connection and waits for each answer. */
async function inTurn(port: number, requests: string[], answer = /ok$/): Promise<void> {
  const client = await rawClient(port);
  let expected = '';
  for (const request of requests) {
    client.socket.write(request);
    expected += '[^]*ok';
    await client.until(requests.length === 1 ? answer : new RegExp(`^${expected}$`));
  }
}

describe('an upstream connection', () => {
  it('is used again', async () => {
    const upstream = await cannedUpstream(OK);
    const { port, ...proxy } = await proxyTo(upstream.url);
    await inTurn(port, [POST, GET, POST]);
    expect(upstream.connections()).toBe(1);
    expect(proxy.upstreamConnections()).toBe(1);
  });

  it.each([
    ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['bytes behind the answer', `${OK}HTTP/1.1 200 Forged\r\nContent-Length: 6\r\n\r\nforged`],
    ['a life too short to use', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok'],
  ])('is not used again after %s', async (_, answer) => {
    const upstream = await cannedUpstream(answer);
    const { port } = await proxyTo(upstream.url);
    await inTurn(port, [GET, GET]);
    expect(upstream.connections()).toBe(2);
  });

  it('is used again after HTTP/1.0 with keep-alive', async () => {
    const upstream = await cannedUpstream(
      'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok',
    );
    const { port } = await proxyTo(upstream.url);
    await inTurn(port, [GET, GET]);
    expect(upstream.connections()).toBe(1);
  });

  it('is closed after its idle time', async () => {
    const upstream = await cannedUpstream(OK);
    const { port, ...proxy } = await proxyTo(upstream.url, { keepAliveMs: 50 });
    await inTurn(port, [GET]);
    expect(proxy.upstreamConnections()).toBe(1);
    await eventually(() => proxy.upstreamConnections() === 0, 'no connection');
  });

  it('is dropped when the upstream closes it, or speaks unasked', async () => {
    for (const act of [
      (s: Socket) => s.end(),
      (s: Socket) => s.resetAndDestroy(),
      (s: Socket) => s.write('HTTP/1.1 408 T\r\n\r\n'),
    ]) {
      let last: Socket | undefined;
      const { url } = await rawUpstream((socket) => {
        last = socket;
        socket.on('data', () => socket.write(OK));
      });
      const { port, ...proxy } = await proxyTo(url);
      await inTurn(port, [POST]);
      if (last !== undefined) act(last);
      await eventually(() => proxy.upstreamConnections() === 0, 'no connection');
      await inTurn(port, [POST]);
      expect(proxy.upstreamConnections()).toBe(1);
    }
  });

  it.each([
    ['GET is sent once more', GET, 200, 3],
    ['POST is not: it may have been processed', POST, 502, 2],
  ])('that breaks when it is used again: %s', async (_, request, statusCode, requests) => {
    let seen = 0;
    const { url } = await rawUpstream((socket) => {
      let mine = 0;
      socket.on('data', () => {
        seen++;
        if (mine++ === 0) socket.write(OK);
        else socket.resetAndDestroy();
      });
    });
    const { port } = await proxyTo(url);
    await inTurn(port, [GET]);
    const client = await rawClient(port, request);
    expect(await client.until(/\r\n\r\n[^]+/)).toMatch(new RegExp(`^HTTP/1\\.1 ${statusCode} `));
    expect(seen).toBe(requests);
  });

  it('is never waited for: open streams leave room for calls', async () => {
    const { url } = await rawUpstream((socket) => {
      socket.on('data', (chunk: Buffer) => {
        socket.write(
          chunk.includes('/stream') ? 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' : OK,
        );
      });
    });
    const { port, ...proxy } = await proxyTo(url);
    for (let i = 0; i < 200; i++)
      await (await rawClient(port, 'GET /stream HTTP/1.1\r\nHost: a\r\n\r\n')).until('\r\n\r\n');
    await inTurn(port, [POST]);
    expect(proxy.upstreamConnections()).toBe(201);
  });
});

describe('settings that change', () => {
  it('take effect with the next request, and retire the old connections', async () => {
    const one = await cannedUpstream('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1: ok');
    const two = await cannedUpstream('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n2: ok');
    let settings = settingsFor(one.url);
    const { port, ...proxy } = await proxyTo(one.url, {}, { settings: () => settings });
    const client = await rawClient(port, GET);
    await client.until('1: ok');
    settings = settingsFor(one.url, { via: true });
    client.socket.write(GET);
    await client.until(/Via[^]*1: ok$/);
    expect(one.connections()).toBe(1);
    settings = settingsFor(two.url);
    client.socket.write(GET);
    await client.until('2: ok');
    await eventually(() => proxy.upstreamConnections() === 1, 'only the new connection');
  });
});

describe('a thousand idle streams', () => {
  it('are held open, and leave nothing behind', async () => {
    const { url, sockets } = await rawUpstream((socket) => {
      socket.once('data', () =>
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
        ),
      );
    });
    const { observe, recordings } = recorder();
    const { port, ...proxy } = await proxyTo(url, {}, { observe });
    const clients = await Promise.all(Array.from({ length: 1_000 }, async () => rawClient(port, GET)));
    await Promise.all(clients.map(async (client) => client.until('\r\n\r\n')));
    expect([proxy.activeExchanges(), proxy.upstreamConnections(), proxy.downstreamConnections()]).toEqual([
      1_000, 1_000, 1_000,
    ]);
    for (const client of clients) client.socket.destroy();
    await eventually(
      () =>
        proxy.activeExchanges() +
          proxy.upstreamConnections() +
          proxy.downstreamConnections() +
          sockets.size ===
        0,
      'no connection',
    );
    expect(recordings.filter(({ end }) => end?.kind === 'client_gone')).toHaveLength(1_000);
  }, 30_000);
});
