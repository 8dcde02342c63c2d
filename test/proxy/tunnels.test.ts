import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { choosesUpgrades } from '../../src/proxy/http-proxy.ts';
import {
  cannedUpstream,
  closeAll,
  eventually,
  proxyTo,
  rawClient,
  rawUpstream,
  recorder,
} from './harness.ts';

afterEach(closeAll);

const UPGRADE =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n';
const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: y\r\n\r\n';

describe('an upgrade', () => {
  it('becomes a tunnel for any bytes, both ways', async () => {
    let received = '';
    const { url } = await rawUpstream((socket) => {
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
        if (chunk.includes('GET /ws')) socket.write(Buffer.from(`${SWITCH}\x81\x02hi`, 'latin1'));
        else socket.write(chunk);
      });
    });
    const { observe, recordings } = recorder();
    const { port, ...proxy } = await proxyTo(url, {}, { observe });
    const client = await rawClient(port, UPGRADE);
    expect(await client.until('hi')).toBe(`${SWITCH}\x81\x02hi`);
    expect(received).toBe(
      'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n',
    );
    client.socket.write(Buffer.from('\x00\xff\r\n\r\n', 'latin1'));
    await client.until('\x00\xff\r\n\r\n');
    client.socket.write(Buffer.alloc(1_000_000, 'z'));
    await eventually(() => client.text().endsWith('z'.repeat(1_000_000)), 'all bytes');
    expect(proxy.activeExchanges()).toBe(1);
    client.socket.destroy();
    await eventually(() => proxy.activeExchanges() + proxy.upstreamConnections() === 0, 'nothing left');
    expect(recordings[0]?.events).toEqual(['requestEnd', 'responseHead 101', 'end complete']);
  });

  it('is taken only by a Node that asks which ones to take', async () => {
    expect(choosesUpgrades(createServer())).toBe(true);
    // As Node 22.19 makes it.
    const older = createServer();
    Reflect.deleteProperty(older, 'shouldUpgradeCallback');
    expect(choosesUpgrades(older)).toBe(false);
  });

  it('to HTTP/2 is left aside, and the request answered as any', async () => {
    const { url, received } = await cannedUpstream('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const { port } = await proxyTo(url);
    const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA\r\n';
    const client = await rawClient(port, `GET / HTTP/1.1\r\nHost: a\r\n${h2c}\r\n`);
    await client.until('ok');
    client.socket.write('GET /again HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until(/ok[^]*ok/);
    expect(received()).toBe('GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /again HTTP/1.1\r\nHost: a\r\n\r\n');
  });

  it('keeps bytes that the client sent too early for after the 101', async () => {
    let received = '';
    const { url } = await rawUpstream((socket) => {
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
        if (chunk.includes('GET /ws')) setTimeout(() => socket.write(SWITCH), 30);
      });
    });
    const { port } = await proxyTo(url);
    await rawClient(port, `${UPGRADE}early`);
    await eventually(() => received.endsWith('early'), 'the early bytes');
    expect(received).toMatch(/\r\n\r\nearly$/);
  });

  it('that is refused is answered as any request, and the connection ends', async () => {
    const { url } = await rawUpstream((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\nX: 1\r\n\r\nno'),
      ),
    );
    const { port } = await proxyTo(url);
    const client = await rawClient(port, UPGRADE);
    await client.closed;
    expect(client.text()).toBe(
      'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\nX: 1\r\nConnection: close\r\n\r\nno',
    );
  });

  it.each([
    ['502 if nobody listens', true, 502, 'upstream_unreachable'],
    ['504 if no answer comes', false, 504, 'upstream_timeout'],
  ])('is answered with %s', async (_, closed, statusCode, kind) => {
    const { url, server } = await rawUpstream((socket) => socket.resume());
    if (closed) await new Promise((resolve) => server.close(resolve));
    const { observe, recordings } = recorder();
    const { port } = await proxyTo(url, { headersTimeoutMs: 150 }, { observe });
    const client = await rawClient(port, UPGRADE);
    await client.closed;
    expect(client.text()).toMatch(new RegExp(`^HTTP/1\\.1 ${statusCode} `));
    await eventually(() => recordings[0]?.end?.kind === kind, kind);
  });
});
