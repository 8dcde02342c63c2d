import { afterEach, describe, expect, it } from '@jest/globals';
import { cannedUpstream, closeAll, proxyTo, rawClient } from './harness.ts';
import type { ProxySettings } from '../../src/proxy/settings.ts';

afterEach(closeAll);

const EMPTY = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

async function forwarded(request: string, changes: Partial<ProxySettings> = {}): Promise<string> {
  const upstream = await cannedUpstream(EMPTY);
  const proxy = await proxyTo(upstream.url, changes);
  const client = await rawClient(proxy.port, request);
  await client.until('\r\n\r\n');
  return upstream.received().replaceAll(upstream.url.slice(7), 'UPSTREAM');
}

async function answered(
  answer: string,
  changes: Partial<ProxySettings> = {},
  version = '1.1',
): Promise<string> {
  const upstream = await cannedUpstream(answer);
  const proxy = await proxyTo(upstream.url, changes);
  const client = await rawClient(proxy.port, `GET / HTTP/${version}\r\nHost: a\r\n\r\n`);
  return client.until('\r\n\r\n');
}

describe('the head of a request', () => {
  it('keeps order, case, duplicates, odd values and the target as sent', async () => {
    const head =
      'PoST /mcp?x=1&y=%20//..;a HTTP/1.1\r\nhOST: example.test:1\r\nX-b: 2\r\nX-B: 1\r\nmcp-session-id: \xe9\xff t\r\nX-Empty: \r\ncontent-LENGTH: 2\r\nACCEPT: */*\r\n\r\nhi';
    expect(await forwarded(head.replace('PoST', 'POST'))).toBe(head.replace('PoST', 'POST'));
  });

  it.each([
    ['Connection and Keep-Alive', 'Connection: keep-alive\r\nKeep-Alive: timeout=3\r\n', ''],
    ['Proxy-Connection', 'Proxy-Connection: keep-alive\r\n', ''],
    ['what Connection names', 'X-Hop: 1\r\nConnection: x-hop, close\r\n', ''],
    ['names in several Connection lines', 'A-1: 1\r\nB-2: 2\r\nConnection: a-1\r\nConnection: ,B-2\r\n', ''],
    ['TE without trailers', 'TE: gzip\r\nConnection: TE\r\n', ''],
    [
      'an upgrade to HTTP/2',
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n',
      '',
    ],
  ])('loses %s', async (_, sent, kept) => {
    expect(await forwarded(`GET / HTTP/1.1\r\nHost: a\r\n${sent}X: 1\r\n\r\n`)).toBe(
      `GET / HTTP/1.1\r\nHost: a\r\n${kept}X: 1\r\n\r\n`,
    );
  });

  it.each([
    [
      'Content-Length',
      'Connection: content-length\r\nContent-Length: 1\r\n',
      'Content-Length: 1\r\n',
      'x',
      'x',
    ],
    [
      'Transfer-Encoding',
      'Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n',
      'Transfer-Encoding: chunked\r\n',
      '1\r\nx\r\n0\r\n\r\n',
      '1\r\nx\r\n0\r\n\r\n',
    ],
    ['Host', 'Connection: host\r\n', '', '', ''],
  ])('keeps %s even if Connection names it', async (_, sent, kept, body, wantedBody) => {
    expect(await forwarded(`POST / HTTP/1.1\r\nHost: a\r\n${sent}\r\n${body}`)).toBe(
      `POST / HTTP/1.1\r\nHost: a\r\n${kept}\r\n${wantedBody}`,
    );
  });

  it('passes the wish for trailers on as one of this hop', async () => {
    expect(await forwarded('GET / HTTP/1.1\r\nHost: a\r\nTE: gzip, trailers\r\nConnection: TE\r\n\r\n')).toBe(
      'GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\n\r\n',
    );
  });

  it.each([
    ['upstream', 'UPSTREAM'],
    [{ fixed: 'mcp.example' }, 'mcp.example'],
  ] as const)('sends the Host that the rule %j asks for', async (hostHeader, wanted) => {
    expect(await forwarded('GET / HTTP/1.1\r\nA: 1\r\nhost: sent\r\n\r\n', { hostHeader })).toBe(
      `GET / HTTP/1.1\r\nA: 1\r\nhost: ${wanted}\r\n\r\n`,
    );
  });

  it('gives an HTTP/1.0 request without Host the one of the upstream', async () => {
    expect(await forwarded('GET / HTTP/1.0\r\nA: 1\r\n\r\n')).toBe(
      'GET / HTTP/1.1\r\nA: 1\r\nHost: UPSTREAM\r\n\r\n',
    );
  });

  it('announces the proxy if told to', async () => {
    expect(
      await forwarded('GET / HTTP/1.1\r\nHost: a:1\r\nVia: 1.0 x\r\n\r\n', { via: true, xForwarded: true }),
    ).toBe(
      'GET / HTTP/1.1\r\nHost: a:1\r\nVia: 1.0 x\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a:1\r\nVia: 1.1 mcp-vitals\r\n\r\n',
    );
  });

  it('may have more than two thousand headers', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => `x${i}: ${i}\r\n`).join('');
    expect(await forwarded(`GET / HTTP/1.1\r\nHost: a\r\n${many}\r\n`)).toContain('x2999: 2999');
  });
});

describe('the head of an answer', () => {
  const OWN = 'Connection: keep-alive\r\nKeep-Alive: timeout=65\r\n\r\n';

  it('keeps status text, order, case and duplicates', async () => {
    const head =
      'HTTP/1.1 299 So \xe9 be it\r\nset-COOKIE: a=1\r\nX-b: 2\r\nSet-Cookie: b=2\r\nX-B: \xff\r\ncontent-length: 0\r\nEmpty: \r\n';
    expect(await answered(`${head}\r\n`)).toBe(head + OWN);
  });

  it('keeps an empty status text', async () => {
    expect(await answered('HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n')).toBe(
      `HTTP/1.1 200 \r\nContent-Length: 0\r\n${OWN}`,
    );
  });

  it('loses what concerns the upstream only', async () => {
    expect(
      await answered(
        'HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\nProxy-Connection: x\r\nA: 1\r\nContent-Length: 0\r\n\r\n',
      ),
    ).toBe(`HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 0\r\n${OWN}`);
  });

  it('adds no Date', async () => {
    expect(await answered(EMPTY)).toBe(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${OWN}`);
  });

  it('names in Via the version in which a message came', async () => {
    const { url, received } = await cannedUpstream('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n');
    const { port } = await proxyTo(url, { via: true });
    const client = await rawClient(port, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n');
    expect(await client.until('\r\n\r\n')).toContain('\r\nVia: 1.0 mcp-vitals\r\n');
    expect(received()).toContain('\r\nVia: 1.0 mcp-vitals\r\n');
    const modern = await rawClient(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await modern.until('\r\n\r\n');
    expect(received()).toContain('\r\nVia: 1.1 mcp-vitals\r\n');
  });

  it('carries Via if told to', async () => {
    expect(await answered(EMPTY, { via: true })).toBe(
      `HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 mcp-vitals\r\n${OWN}`,
    );
  });

  it('keeps the bytes of a Content-Disposition beyond ASCII', async () => {
    expect(
      await answered(
        'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Disposition: inline; filename=\xe9\r\n\r\nx',
      ),
    ).toContain('Content-Disposition: inline; filename=\xe9\r\n');
  });

  it('survives a Trailer header on an answer without trailers', async () => {
    expect(await answered('HTTP/1.1 200 OK\r\nTrailer: X\r\nContent-Length: 0\r\n\r\n')).toBe(
      `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${OWN}`,
    );
  });
});

describe('CONNECT', () => {
  it('is refused', async () => {
    const upstream = await cannedUpstream(EMPTY);
    const proxy = await proxyTo(upstream.url);
    const client = await rawClient(
      proxy.port,
      'CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n',
    );
    expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /);
    expect(upstream.connections()).toBe(0);
  });
});
