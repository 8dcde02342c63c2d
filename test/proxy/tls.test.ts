import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import https from 'node:https';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { UpstreamTls } from '../../src/proxy/settings.ts';
import { cannedUpstream, closeAll, closeLater, proxyTo, rawClient, recorder } from './harness.ts';

let dir = '';
const read = (name: string): Buffer => fs.readFileSync(path.join(dir, name));

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'proxy-tls-'));
  const run = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  run('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test ca');
  for (const [name, extension] of [
    ['server', 'subjectAltName=DNS:mcp.test,IP:127.0.0.1'],
    ['client', 'extendedKeyUsage=clientAuth'],
  ] as const) {
    fs.writeFileSync(path.join(dir, `${name}.ext`), extension);
    run('req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    run(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    );
  }
}, 30_000);
afterAll(() => fs.rmSync(dir, { recursive: true }));
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

describe('TLS to the upstream', () => {
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
  ] as [string, boolean, () => UpstreamTls, string][])('%s', async (_, requestCert, secure, wanted) => {
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
  ])('fails on %s', async (_, secure: UpstreamTls, code) => {
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

describe('TLS on the listening side', () => {
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
});
