import { afterEach, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { closeAll, eventually, proxyTo, rawClient, rawUpstream, recorder } from './harness.ts';

afterEach(closeAll);

const GET = 'GET /mcp HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n';
const SSE_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';

/** An upstream that opens a stream on the first bytes and hands its socket out. */
async function streaming(head = SSE_HEAD): Promise<{ url: string; socket: () => Socket }> {
  let current: Socket | undefined;
  const { url } = await rawUpstream((socket) => {
    current = socket;
    socket.once('data', () => socket.write(head));
  });
  return {
    url,
    socket: () => {
      if (current === undefined) throw new Error('upstream: want a connection, got none');
      return current;
    },
  };
}

describe('a stream', () => {
  it('shows its head although it stays quiet', async () => {
    const upstream = await streaming();
    const { port } = await proxyTo(upstream.url);
    const client = await rawClient(port, GET);
    expect(await client.until('\r\n\r\n')).toContain(
      'Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n',
    );
  });

  it.each([
    ['with a Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'],
    ['until the connection ends', 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'],
  ])('shows its head at once also %s', async (_, head) => {
    const upstream = await streaming(head);
    const { port } = await proxyTo(upstream.url);
    expect(await (await rawClient(port, GET)).until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('delivers each event when it comes, bytes unchanged', async () => {
    const upstream = await streaming();
    const { port } = await proxyTo(upstream.url);
    const client = await rawClient(port, GET);
    await client.until('\r\n\r\n');
    for (const event of ['id: 1\r\ndata:\r\n\r\n', ': comment\n\n', 'retry: 10\ndata: \xe2\x82\xac\n\n']) {
      const chunk = `${event.length.toString(16)}\r\n${event}\r\n`;
      upstream.socket().write(Buffer.from(chunk, 'latin1'));
      expect(await client.until(`\r\n${chunk}`)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    }
  });

  it('delivers an event of which only a part has come', async () => {
    const upstream = await streaming();
    const { port } = await proxyTo(upstream.url);
    const client = await rawClient(port, GET);
    await client.until('\r\n\r\n');
    upstream.socket().write('ff\r\ndata: hal');
    expect(await client.until('data: hal')).toMatch(/data: hal(\r\n)?$/);
  });

  it('holds the upstream back while the client is slow, and loses nothing', async () => {
    const size = 64 * 1024 * 1024;
    let written = 0;
    const { url } = await rawUpstream((socket) => {
      const block = Buffer.alloc(64 * 1024, 'x');
      const push = (): void => {
        while (written < size) {
          written += block.length;
          if (!socket.write(block)) {
            socket.once('drain', push);
            return;
          }
        }
      };
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        push();
      });
    });
    const { port, ...proxy } = await proxyTo(url);
    const client = await rawClient(port);
    client.socket.pause();
    client.socket.removeAllListeners('data');
    let read = 0;
    client.socket.write(GET);
    let before = -1;
    await eventually(() => {
      const still = written === before && written > 0;
      before = written;
      return still;
    }, 'an upstream that is held back');
    // What is on its way sits in socket buffers, not in the proxy.
    expect(written).toBeLessThan(size / 2);
    client.socket.on('data', (chunk: Buffer) => (read += chunk.length));
    client.socket.resume();
    await eventually(() => read > size, 'the whole answer');
    await eventually(() => proxy.activeExchanges() === 0, 'the end of the exchange');
  });

  it('holds the client back while the upstream is slow, and loses nothing', async () => {
    let upstreamSocket: Socket | undefined;
    const { url } = await rawUpstream((socket) => {
      upstreamSocket = socket;
      socket.pause();
    });
    const { port } = await proxyTo(url);
    const size = 64 * 1024 * 1024;
    const client = await rawClient(port, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    const block = Buffer.alloc(64 * 1024, 'y');
    let sent = 0;
    const push = (): void => {
      while (sent < size) {
        sent += block.length;
        if (!client.socket.write(block)) {
          client.socket.once('drain', push);
          return;
        }
      }
    };
    push();
    let before = -1;
    await eventually(() => {
      const still = sent === before && upstreamSocket !== undefined;
      before = sent;
      return still;
    }, 'a client that is held back');
    expect(sent).toBeLessThan(size / 2);
    let read = 0;
    upstreamSocket?.on('data', (chunk: Buffer) => (read += chunk.length));
    upstreamSocket?.resume();
    await eventually(() => read > size, 'the whole request');
    upstreamSocket?.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until('ok');
  });
});

describe('a client that leaves', () => {
  it.each(['resetAndDestroy', 'destroy'] as const)(
    'a quiet stream (%s) closes the upstream at once',
    async (leave) => {
      const upstream = await streaming();
      const { observe, recordings } = recorder();
      const { port, ...proxy } = await proxyTo(upstream.url, {}, { observe });
      const client = await rawClient(port, GET);
      await client.until('\r\n\r\n');
      const socket = upstream.socket();
      client.socket[leave]();
      await eventually(() => socket.destroyed, 'the upstream to see it');
      await eventually(() => proxy.activeExchanges() === 0, 'no exchange');
      expect(recordings[0]?.end).toEqual({ kind: 'client_gone' });
      await eventually(
        () => proxy.upstreamConnections() + proxy.downstreamConnections() === 0,
        'no connection',
      );
    },
  );

  it('before any answer closes the upstream at once', async () => {
    const { observe, recordings } = recorder();
    const { url, sockets } = await rawUpstream((socket) => socket.resume());
    const { port } = await proxyTo(url, {}, { observe });
    const client = await rawClient(port, GET);
    await eventually(() => sockets.size === 1, 'a connection');
    client.socket.destroy();
    await eventually(() => sockets.size === 0, 'it to be closed');
    await eventually(() => recordings[0]?.end !== undefined, 'the end');
    expect(recordings[0]?.end).toEqual({ kind: 'client_gone' });
  });

  it('in the middle of its request closes the upstream at once', async () => {
    const { observe, recordings } = recorder();
    const { url, sockets } = await rawUpstream((socket) => socket.resume());
    const { port } = await proxyTo(url, {}, { observe });
    const client = await rawClient(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhal');
    await eventually(() => sockets.size === 1, 'a connection');
    client.socket.destroy();
    await eventually(() => sockets.size === 0, 'it to be closed');
    expect(recordings.map(({ end, requestBody }) => [end?.kind, requestBody])).toEqual([
      ['client_gone', 'hal'],
    ]);
  });
});

describe('a client that closes only its sending side', () => {
  it('still gets its answer, and the upstream sees the same', async () => {
    let upstreamSawEnd = false;
    const { url } = await rawUpstream(
      (socket) => {
        socket.resume();
        socket.on('end', () => {
          upstreamSawEnd = true;
          setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate'), 50);
        });
      },
      { allowHalfOpen: true },
    );
    const { observe, recordings } = recorder();
    const { port } = await proxyTo(url, {}, { observe });
    const client = await rawClient(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
    client.socket.end();
    expect(await client.until('late')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(upstreamSawEnd).toBe(true);
    await eventually(() => recordings[0]?.end?.kind === 'complete', 'a complete exchange');
  });
});
