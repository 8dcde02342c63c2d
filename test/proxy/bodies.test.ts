import http from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  cannedUpstream,
  closeAll,
  closeLater,
  eventually,
  proxyTo,
  rawClient,
  rawUpstream,
} from './harness.ts';

afterEach(closeAll);

const OWN = 'Connection: keep-alive\r\nKeep-Alive: timeout=65\r\n';

async function exchange(
  request: string,
  answer: string,
  wanted: string | RegExp,
  end = false,
): Promise<string> {
  const upstream = await cannedUpstream(answer, end);
  const proxy = await proxyTo(upstream.url);
  const client = await rawClient(proxy.port, request);
  return client.until(wanted);
}

describe('the body of an answer', () => {
  const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

  it('keeps its length', async () => {
    expect(await exchange(GET, 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello')).toBe(
      `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n${OWN}\r\nhello`,
    );
  });

  it('stays chunked, with extensions dropped and trailers kept', async () => {
    const answer =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\nA: 1\r\n\r\n3;x="y"\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-T: end\r\nX-t: 2\r\n\r\n';
    expect(await exchange(GET, answer, 'X-t: 2\r\n\r\n')).toBe(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\nA: 1\r\n${OWN}\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\nX-T: end\r\nX-t: 2\r\n\r\n`,
    );
  });

  it('that ends with the connection becomes chunked', async () => {
    expect(await exchange(GET, 'HTTP/1.1 200 OK\r\nA: 1\r\n\r\nhello', '0\r\n\r\n', true)).toBe(
      `HTTP/1.1 200 OK\r\nA: 1\r\n${OWN}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    );
  });

  it('ends with the connection for an HTTP/1.0 client', async () => {
    const upstream = await cannedUpstream(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    );
    const proxy = await proxyTo(upstream.url);
    const client = await rawClient(proxy.port, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n');
    await client.closed;
    expect(client.text()).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello');
  });

  it.each([
    ['HEAD with a length', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n'],
    ['HEAD, chunked', 'HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n'],
    ['204', 'GET', 'HTTP/1.1 204 No Content\r\nA: 1\r\n'],
    ['304 with a length', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n'],
  ])('is absent after %s, and the connection goes on', async (_, method, head) => {
    const request = `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`;
    const upstream = await cannedUpstream(`${head}\r\n`);
    const proxy = await proxyTo(upstream.url);
    const client = await rawClient(proxy.port, request);
    expect((await client.until('\r\n\r\n')).startsWith(head)).toBe(true);
    client.socket.write(request);
    await client.until(/\r\n\r\n[^]*\r\n\r\n$/);
    expect(upstream.connections()).toBe(1);
  });
});

describe('the body of a request', () => {
  it('stays chunked, with its trailers', async () => {
    let received = '';
    const upstream = await rawUpstream((socket) =>
      socket.on('data', (chunk: Buffer) => (received += chunk.toString())),
    );
    const proxy = await proxyTo(upstream.url);
    const client = await rawClient(
      proxy.port,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\nZ: 1\r\n\r\n',
    );
    await eventually(() => received.endsWith('Z: 1\r\n\r\n'), 'the head alone');
    client.socket.write('4;ext=1\r\nwxyz\r\n');
    await eventually(() => received.endsWith('\r\n\r\n4\r\nwxyz\r\n'), 'the first chunk at once');
    client.socket.write('0\r\nX-T: 1\r\n\r\n');
    await eventually(() => received.includes('X-T: 1'), 'trailers');
    expect(received).toMatch(/wxyz\r\n0\r\nX-T: 1\r\n\r\n$/);
  });

  it('goes out with its head in one write if it came with it', async () => {
    const chunks: string[] = [];
    const upstream = await rawUpstream((socket) =>
      socket.on('data', (chunk: Buffer) => chunks.push(chunk.toString())),
    );
    const proxy = await proxyTo(upstream.url);
    const body = 'x'.repeat(2048);
    await rawClient(proxy.port, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2048\r\n\r\n${body}`);
    await eventually(() => chunks.length > 0, 'a request');
    expect(chunks).toEqual([`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2048\r\n\r\n${body}`]);
  });

  it.each(['length', 'chunked'])('of 5 MB comes back unchanged (%s)', async (framing) => {
    const upstream = http.createServer((request, response) => {
      if (framing === 'length') response.setHeader('Content-Length', request.headers['x-length'] ?? '');
      request.pipe(response);
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    closeLater(() => {
      upstream.close();
      upstream.closeAllConnections();
    });
    const address = upstream.address();
    const proxy = await proxyTo(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    const body = Buffer.alloc(5_000_000);
    for (let i = 0; i < body.length; i++) body[i] = (i * 31) ^ (i >> 8);
    const sent = framing === 'length' ? body : new Blob([body]).stream();
    const headers = { 'x-length': String(body.length) };
    const answer = await fetch(proxy.url, { method: 'POST', body: sent, duplex: 'half', headers });
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
  });

  it('waits for the 100 of the upstream', async () => {
    const upstream = await rawUpstream((socket) => {
      let seen = '';
      socket.on('data', (chunk: Buffer) => {
        seen += chunk.toString();
        if (seen.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        if (seen.endsWith('body')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone');
      });
    });
    const proxy = await proxyTo(upstream.url);
    const client = await rawClient(
      proxy.port,
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n',
    );
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.socket.write('body');
    expect(await client.until('done')).toContain(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n${OWN}`);
  });

  it('is not sent when the upstream refuses the expectation', async () => {
    const text = await exchange(
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n',
      'HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno',
      'no',
    );
    expect(text).toMatch(/^HTTP\/1\.1 417 No\r\n/);
  });

  it('may be answered before it is complete', async () => {
    const upstream = await rawUpstream((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig'));
    });
    const proxy = await proxyTo(upstream.url);
    const client = await rawClient(
      proxy.port,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nfirst',
    );
    expect(await client.until('big')).toMatch(/^HTTP\/1\.1 413 Too Large\r\n/);
    // The connection is in step again after the rest: the next request is understood.
    client.socket.write('rest');
    client.socket.write('POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nfirst');
    await client.until(/big[^]*big$/);
  });
});

describe('a long request that is answered early', () => {
  it('is read to its end although the upstream takes nothing', async () => {
    const upstream = await rawUpstream((socket) => {
      socket.pause();
      setTimeout(() => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig'), 200);
    });
    const proxy = await proxyTo(upstream.url);
    const size = 32 * 1024 * 1024;
    const client = await rawClient(
      proxy.port,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`,
    );
    const taken = new Promise((resolve) => client.socket.write(Buffer.alloc(size), resolve));
    expect(await client.until('big')).toMatch(/^HTTP\/1\.1 413 Too Large\r\n/);
    await taken;
    expect(proxy.downstreamConnections()).toBe(1);
  });
});

describe('interim answers', () => {
  it('reach the client before the final one', async () => {
    const text = await exchange(
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nX-Y: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      'ok',
    );
    expect(text).toBe(
      `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nX-Y: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n${OWN}\r\nok`,
    );
  });

  it('stay away from an HTTP/1.0 client', async () => {
    const text = await exchange(
      'GET / HTTP/1.0\r\nHost: a\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      'ok',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('pipelined requests', () => {
  it('are answered in order', async () => {
    const upstream = await rawUpstream((socket) => {
      socket.on('data', (chunk: Buffer) => {
        const slow = chunk.toString().startsWith('GET /slow');
        const send = (): unknown =>
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n${slow ? 'slow' : 'fast'}`);
        if (slow) setTimeout(send, 50);
        else send();
      });
    });
    const proxy = await proxyTo(upstream.url);
    const client = await rawClient(
      proxy.port,
      'GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /fast HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    expect(await client.until('fast')).toMatch(/slow[^]*fast$/);
  });
});
