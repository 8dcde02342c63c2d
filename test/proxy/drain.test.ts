import { afterEach, describe, expect, it } from '@jest/globals';
import net from 'node:net';
import { closeAll, eventually, proxyTo, rawClient, rawUpstream, recorder } from './harness.ts';

afterEach(closeAll);

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

async function slowUpstream(): Promise<{ url: string; answer: () => void }> {
  const waiting: net.Socket[] = [];
  const { url } = await rawUpstream((socket) => {
    socket.on('data', (chunk: Buffer) => {
      if (chunk.includes('/stream'))
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n');
      else if (chunk.includes('/slow')) waiting.push(socket);
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  return {
    url,
    answer: () => {
      for (const socket of waiting.splice(0))
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow');
    },
  };
}

describe('a drain', () => {
  it('closes idle connections, lets a request finish, and accepts nothing more', async () => {
    const upstream = await slowUpstream();
    const { port, ...proxy } = await proxyTo(upstream.url);
    const silent = await rawClient(port);
    const idle = await rawClient(port, get('/'));
    await idle.until('ok');
    const busy = await rawClient(port, get('/slow'));
    await eventually(() => proxy.activeExchanges() === 1, 'the request');
    let drained = false;
    const draining = proxy.drain(4_000).then(() => (drained = true));
    await Promise.all([silent.closed, idle.closed]);
    await expect(rawClient(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(drained).toBe(false);
    upstream.answer();
    await busy.closed;
    expect(busy.text()).toBe('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nslow');
    await draining;
    expect([proxy.activeExchanges(), proxy.upstreamConnections(), proxy.downstreamConnections()]).toEqual([
      0, 0, 0,
    ]);
  });

  it('cuts event streams at once when nothing is awaited on them, but waits for requests', async () => {
    const { url } = await rawUpstream((socket) => {
      socket.on('data', (chunk: Buffer) => {
        if (chunk.includes('/events'))
          socket.write('HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream\r\n\r\n');
      });
    });
    const { port, ...proxy } = await proxyTo(url);
    const stream = await rawClient(port, get('/events'));
    await stream.until('Event-Stream');
    const slow = await rawClient(port, get('/slow'));
    await eventually(() => proxy.activeExchanges() === 2, 'both');
    let awaited = true;
    let drained = false;
    const draining = proxy.drain(60_000, () => !awaited).then(() => (drained = true));
    awaited = false;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(drained).toBe(false);
    awaited = true;
    slow.socket.destroy();
    await eventually(() => proxy.activeExchanges() === 1, 'only the stream');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(drained).toBe(false);
    awaited = false;
    await draining;
    await stream.closed;
  });

  it('cuts streams when its limit is over', async () => {
    const upstream = await slowUpstream();
    const { observe, recordings } = recorder();
    const { port, ...proxy } = await proxyTo(upstream.url, {}, { observe });
    const stream = await rawClient(port, get('/stream'));
    const slow = await rawClient(port, get('/slow'));
    await stream.until('1\r\nx\r\n');
    await eventually(() => proxy.activeExchanges() === 2, 'both');
    await proxy.drain(100);
    await Promise.all([stream.closed, slow.closed]);
    expect(recordings.map(({ end }) => end?.kind)).toEqual(['shutdown', 'shutdown']);
    expect([proxy.activeExchanges(), proxy.upstreamConnections(), proxy.downstreamConnections()]).toEqual([
      0, 0, 0,
    ]);
  });

  it('ends by itself when a stream ends within the limit', async () => {
    const { url, sockets } = await rawUpstream((socket) => {
      socket.on('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n'),
      );
    });
    const { port, ...proxy } = await proxyTo(url);
    const stream = await rawClient(port, get('/'));
    await stream.until('x');
    const draining = proxy.drain(60_000);
    for (const socket of sockets) socket.write('0\r\n\r\n');
    await draining;
    expect(await stream.until('0\r\n\r\n')).toMatch(/0\r\n\r\n$/);
  });
});

describe('a listen address', () => {
  it('that is taken is told in one line', async () => {
    const { port, url } = await rawUpstream(() => undefined);
    await expect(proxyTo(url, {}, { listen: { host: '127.0.0.1', port } })).rejects.toThrow(
      `listen 127.0.0.1:${port}: address already in use`,
    );
  });
});
