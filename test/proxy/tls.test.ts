import net from 'node:net';
import tls from 'node:tls';
import https from 'node:https';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { ClientTls } from '../../src/model/client-tls.ts';
import { createCertificates, describeWithOpenssl } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import {
  cannedUpstream,
  closeAll,
  closeLater,
  proxyTo,
  rawClient,
  rawUpstream,
  recorder,
} from './harness.ts';

const describeTls = describeWithOpenssl();
let certificates: Certificates | undefined;
const read = (name: string): string => certificates?.read(name) ?? '';
/** Within the tests alone, so that a machine without openssl skips them. */
const makeCertificates = (): void => {
  certificates ??= createCertificates();
  certificates.selfSigned('ca');
  certificates.signed('server', 'ca', 'subjectAltName=DNS:mcp.test,IP:127.0.0.1');
  certificates.signed('client', 'ca', 'extendedKeyUsage=clientAuth');
};

afterAll(() => certificates?.remove());
afterEach(closeAll);

/** An upstream over TLS that echoes the name of the client's certificate. */
async function tlsUpstream(requestCert = false): Promise<string> {
  const server = https.createServer(
    {
      cert: read('server.pem'),
      key: read('server.key'),
      ca: read('ca.pem'),
      requestCert,
      rejectUnauthorized: requestCert,
    },
    (request, response) => {
      const { socket } = request;
      if (!(socket instanceof tls.TLSSocket)) throw new Error('upstream: want TLS, got plain TCP');
      const name = requestCert ? socket.getPeerCertificate().subject.CN : 'nobody';
      request.resume();
      request.on('end', () => response.end(`${String(name)} asked ${String(socket.servername)}`));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';

describeTls('TLS to the upstream', () => {
  beforeAll(makeCertificates, 30_000);

  it.each([
    ['trusts the given CA', false, () => ({ ca: read('ca.pem') }), 'nobody asked false'],
    [
      'sends the server name',
      false,
      () => ({ ca: read('ca.pem'), serverName: 'mcp.test' }),
      'nobody asked mcp.test',
    ],
    [
      'shows the client certificate',
      true,
      () => ({ ca: read('ca.pem'), cert: read('client.pem'), key: read('client.key') }),
      'client asked false',
    ],
    ['trusts anybody if told to', false, () => ({ rejectUnauthorized: false }), 'nobody asked false'],
  ] as [string, boolean, () => ClientTls, string][])('%s', async (_, requestCert, secure, wanted) => {
    const { port } = await proxyTo(await tlsUpstream(requestCert), { tls: secure() });
    const client = await rawClient(port, POST);
    await client.until(wanted);
    client.socket.write(POST);
    expect(await client.until(new RegExp(`${wanted}[^]*${wanted}`))).not.toContain(' 502 ');
  });

  it.each([
    ['an unknown CA', {}, /SELF_SIGNED|UNABLE_TO|CERT/],
    ['another name', { serverName: 'other.test' }, /ERR_TLS_CERT_ALTNAME_INVALID/],
    ['an unreadable certificate', { cert: 'nonsense', key: 'nonsense' }, /ERR_|CONNECT_FAILED/],
  ])('fails on %s', async (_, secure: ClientTls, code) => {
    const { observe, recordings } = recorder();
    const base = 'serverName' in secure ? { ca: read('ca.pem') } : {};
    const { port } = await proxyTo(await tlsUpstream(), { tls: { ...base, ...secure } }, { observe });
    expect(await (await rawClient(port, POST)).until(/\r\n\r\n[^]+/)).toMatch(/^HTTP\/1\.1 502 /);
    expect(recordings[0]?.events.at(-2)).toMatch(code);
  });
});

async function ask(port: number, options: tls.ConnectionOptions): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', ca: read('ca.pem'), ...options });
  closeLater(() => {
    socket.destroy();
  });
  socket.write(POST);
  const pieces: unknown[] = await once(socket, 'data');
  return String(pieces[0]);
}

describeTls('TLS on the listening side', () => {
  beforeAll(makeCertificates, 30_000);

  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

  it('serves, also after a change of the certificate', async () => {
    const upstream = await cannedUpstream(OK);
    const listenTls = { cert: read('server.pem'), key: read('server.key') };
    const proxy = await proxyTo(upstream.url, { xForwarded: true }, { listenTls });
    expect(await ask(proxy.port, {})).toMatch(/ok$/);
    expect(upstream.received()).toContain('X-Forwarded-Proto: https\r\n');
    proxy.setTlsContext(listenTls);
    expect(await ask(proxy.port, { servername: 'mcp.test' })).toMatch(/ok$/);
  });

  it('asks for a client certificate if it has a CA for it', async () => {
    const upstream = await cannedUpstream(OK);
    const listenTls = { cert: read('server.pem'), key: read('server.key'), ca: read('ca.pem') };
    const { port } = await proxyTo(upstream.url, {}, { listenTls });
    await expect(ask(port, {})).rejects.toThrow(/certificate required|ECONNRESET|socket/);
    expect(await ask(port, { cert: read('client.pem'), key: read('client.key') })).toMatch(/ok$/);
  });

  it('breaks an answer off for a client of HTTP/1.0 when the upstream resets, and goes on', async () => {
    const { url } = await rawUpstream((socket) => {
      socket.on('data', (chunk: Buffer) => {
        if (!chunk.includes('/cut')) socket.write(OK);
        else {
          socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n');
          setTimeout(() => socket.resetAndDestroy(), 100);
        }
      });
    });
    const listenTls = { cert: read('server.pem'), key: read('server.key') };
    const { observe, recordings } = recorder();
    const { port } = await proxyTo(url, {}, { listenTls, observe });
    const socket = tls.connect({ port, host: '127.0.0.1', ca: read('ca.pem') });
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write('GET /cut HTTP/1.0\r\nHost: a\r\n\r\n');
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 200 [^]*part$/);
    expect(recordings[0]?.end?.kind).toBe('upstream_reset');
    expect(await ask(port, {})).toMatch(/ok$/);
  });

  it('is drained in spite of a connection that never ends its handshake', async () => {
    const listenTls = { cert: read('server.pem'), key: read('server.key') };
    const proxy = await proxyTo('http://127.0.0.1:9', {}, { listenTls });
    const silent = net.connect({ port: proxy.port, host: '127.0.0.1' });
    closeLater(() => {
      silent.destroy();
    });
    // The first bytes of a record that never goes on.
    silent.write(Buffer.from([0x16, 0x03, 0x01]));
    silent.on('error', () => undefined);
    const closed = once(silent, 'close');
    // A second client that is served says that the first was accepted.
    const socket = tls.connect({ port: proxy.port, host: '127.0.0.1', ca: read('ca.pem') });
    await once(socket, 'secureConnect');
    socket.destroy();
    await proxy.drain(50);
    await closed;
    expect(proxy.downstreamConnections()).toBe(0);
  });
});
