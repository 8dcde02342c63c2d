import { once } from 'node:events';
import https from 'node:https';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startSidecar } from '../../src/commands/sidecar.ts';
import type { Sidecar } from '../../src/commands/sidecar.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock } from '../../src/model/clock.ts';
import { eventually } from '../harness/eventually.ts';
import { listenOnLoopback } from '../harness/free-port.ts';
import { startHandServer, startSilentServer } from '../harness/hand-server.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import type { StopStack } from '../harness/stop-stack.ts';
import { createCertificates, describeWithOpenssl } from '../proxy/certificates.ts';
import type { Certificates } from '../proxy/certificates.ts';

let stack: StopStack = createStopStack();
afterEach(async () => {
  await stack.stopAll();
  stack = createStopStack();
}, 30_000);

async function start(...flags: string[]): Promise<Sidecar> {
  const loaded = loadConfig({
    env: {},
    flags: ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--listen.drain-timeout=0s', ...flags],
    requireUpstream: true,
  });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return stack.use(await startSidecar(loaded.config, { log: () => undefined, clock: systemClock }));
}

/** An upstream that says which headers it got, as JSON. */
async function echo(): Promise<string> {
  const server = await startHandServer((_body, response, { headers }) => {
    response.end(JSON.stringify(headers));
  });
  return stack.use(server).url;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'get_user' } });

/** POSTs a tool call with the Host `client.test`. */
async function post(url: string, tls: https.RequestOptions = {}): Promise<Answer> {
  const options = {
    method: 'POST',
    agent: false,
    headers: { host: 'client.test', 'content-type': 'application/json', 'content-length': call.length },
  } as const;
  const sent = url.startsWith('https:')
    ? https.request(url, { ...options, servername: 'mcp.test', ...tls })
    : request(url, options);
  sent.end(call);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

describe('a setting reaches the proxy', () => {
  const forwarded = {
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'client.test',
  };
  const none = {
    via: undefined,
    host: 'client.test',
    'x-forwarded-for': undefined,
    'x-forwarded-proto': undefined,
    'x-forwarded-host': undefined,
  };

  it.each<[string, string[], Readonly<Record<string, string | undefined>>]>([
    ['the defaults', [], none],
    ['listen.via', ['--listen.via'], { ...none, via: '1.1 mcp-vitals' }],
    ['listen.xForwarded', ['--listen.x-forwarded'], { ...none, ...forwarded }],
    [
      'a literal upstream.hostHeader',
      ['--upstream.host-header', 'mcp.test:81'],
      { ...none, host: 'mcp.test:81' },
    ],
    ['upstream.hostHeader preserve', ['--upstream.host-header', 'preserve'], none],
  ])('%s', async (_, flags, wanted) => {
    const sidecar = await start('--upstream', await echo(), ...flags);
    const { headers, body } = await post(sidecar.listenUrl);
    const seen = JSON.parse(body) as Record<string, string>;
    expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, seen[name]]))).toEqual(wanted);
    expect(headers.via).toBe(wanted['via']);
  });

  it('upstream.hostHeader upstream', async () => {
    const upstream = await echo();
    const sidecar = await start('--upstream', upstream, '--upstream.host-header', 'upstream');
    const seen = JSON.parse((await post(sidecar.listenUrl)).body) as Record<string, string>;
    expect(seen['host']).toBe(new URL(upstream).host);
  });

  it('upstream.headersTimeout', async () => {
    const { url } = stack.use(await startSilentServer());
    const sidecar = await start('--upstream', url, '--upstream.headers-timeout=100ms');
    expect((await post(sidecar.listenUrl)).status).toBe(504);
  });

  it('upstream.connectTimeout, which TLS counts for too', async () => {
    const silent = stack.use(await startSilentServer());
    const upstream = silent.url.replace('http:', 'https:');
    const sidecar = await start('--upstream', upstream, '--upstream.connect-timeout=100ms');
    const { status, body } = await post(sidecar.listenUrl);
    expect(status).toBe(504);
    expect(body).toMatch(/connect/);
  });

  it('upstream.keepAlive off', async () => {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
      socket.on('error', () => socket.destroy());
    });
    const port = await listenOnLoopback(server);
    stack.defer(() => new Promise((resolve) => server.close(resolve)));
    const sidecar = await start('--upstream', `http://127.0.0.1:${port}`, '--upstream.keep-alive=off');
    await post(sidecar.listenUrl);
    await post(sidecar.listenUrl);
    expect(connections).toBe(2);
  });

  it.each([
    ['--tap.enabled', 1],
    ['--no-tap.enabled', 0],
  ])('tap.enabled: with %s %i call is observed, and traffic passes', async (flag, observed) => {
    const sidecar = await start('--upstream', await echo(), flag);
    expect((await post(sidecar.listenUrl)).status).toBe(200);
    // A page that is asked for later has what was observed before.
    await eventually(async () => {
      const page = await (await fetch(sidecar.metricsUrl)).text();
      expect(page.match(/^request_duration_seconds_count\{.*tools\/call.*\} 1$/gm) ?? []).toHaveLength(
        observed,
      );
    });
    // What was not to be observed is given the time to be it.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sidecar.snapshot().totals.calls).toBe(observed);
  });
});

describeWithOpenssl()('a setting of TLS reaches the proxy', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = createCertificates();
    certificates.selfSigned('ca');
    certificates.signed('server', 'ca', 'subjectAltName=DNS:mcp.test,IP:127.0.0.1');
    certificates.signed('client', 'ca', 'extendedKeyUsage=clientAuth');
  }, 30_000);
  afterAll(() => certificates.remove());
  const files = (section: string, name: string): string[] => [
    `--${section}.tls.cert-file=${certificates.path(`${name}.pem`)}`,
    `--${section}.tls.key-file=${certificates.path(`${name}.key`)}`,
  ];

  it('listen.tls', async () => {
    const flags = [...files('listen', 'server'), '--listen.x-forwarded'];
    const sidecar = await start('--upstream', await echo(), ...flags);
    expect(sidecar.listenUrl).toMatch(/^https:/);
    const { status, body } = await post(sidecar.listenUrl, { ca: certificates.read('ca.pem') });
    expect(status).toBe(200);
    expect(body).toContain('"x-forwarded-proto":"https"');
  });

  it('listen.tls.clientCaFile', async () => {
    const ca = certificates.read('ca.pem');
    const clientCa = `--listen.tls.client-ca-file=${certificates.path('ca.pem')}`;
    const sidecar = await start('--upstream', await echo(), ...files('listen', 'server'), clientCa);
    await expect(post(sidecar.listenUrl, { ca })).rejects.toThrow(/certificate required|ECONNRESET|hang up/);
    const own = { cert: certificates.read('client.pem'), key: certificates.read('client.key') };
    expect((await post(sidecar.listenUrl, { ca, ...own })).status).toBe(200);
  });

  /** An upstream that wants a client certificate and says whose it got, and the server name it was asked for. */
  async function tlsUpstream(): Promise<string> {
    const [cert, key] = [certificates.read('server.pem'), certificates.read('server.key')];
    const options = {
      cert,
      key,
      ca: certificates.read('ca.pem'),
      requestCert: true,
      rejectUnauthorized: false,
    };
    const server = https.createServer(options, ({ socket }, response) => {
      if (!(socket instanceof TLSSocket)) throw new Error('upstream: want TLS, got plain TCP');
      const { subject } = socket.getPeerCertificate();
      response.end(
        `${subject === undefined ? 'nobody' : String(subject.CN)} at ${String(socket.servername)}`,
      );
    });
    const port = await listenOnLoopback(server);
    stack.defer(
      () =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    );
    return `https://127.0.0.1:${port}`;
  }

  it.each<[string, () => string[], number, string]>([
    ['without a CA', () => [], 502, ''],
    [
      'upstream.tls.caFile',
      () => [`--upstream.tls.ca-file=${certificates.path('ca.pem')}`],
      200,
      'nobody at false',
    ],
    ['upstream.tls.verify', () => ['--no-upstream.tls.verify'], 200, 'nobody at false'],
    [
      'upstream.tls.certFile and keyFile',
      () => [`--upstream.tls.ca-file=${certificates.path('ca.pem')}`, ...files('upstream', 'client')],
      200,
      'client at false',
    ],
    [
      'upstream.tls.serverName',
      () => [`--upstream.tls.ca-file=${certificates.path('ca.pem')}`, '--upstream.tls.server-name=mcp.test'],
      200,
      'nobody at mcp.test',
    ],
  ])('%s', async (_, flags, status, body) => {
    const sidecar = await start('--upstream', await tlsUpstream(), ...flags());
    const answer = await post(sidecar.listenUrl);
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body).toBe(body);
  });
});
