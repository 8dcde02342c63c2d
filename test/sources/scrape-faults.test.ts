import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Source } from '../../src/model/source.ts';
import type { ScrapeOptions } from '../../src/sources/scrape-source.ts';
import { eventually } from '../harness/eventually.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { createCertificates, describeWithOpenssl } from '../proxy/certificates.ts';
import { startServer, textAnswer } from './http-server.ts';
import type { TestServer } from './http-server.ts';
import { goodPage, goodSamples, patient, scrapeOf, values } from './scrape-setup.ts';

const stack = createStopStack();
let server: TestServer;

beforeEach(async () => {
  server = stack.use(await startServer(textAnswer('')));
});
afterEach(stack.stopAll);

const source = (options: Partial<ScrapeOptions> = {}): Source =>
  stack.use(scrapeOf({ url: `${server.url}/metrics`, ...options }));

describe('a server in trouble', () => {
  const status =
    (code: number, headers: Record<string, string> = {}): TestServer['answer'] =>
    (_, response) => {
      response.writeHead(code, headers).end('<html>trouble</html>');
    };
  const packed =
    (body: Buffer, encoding: string): TestServer['answer'] =>
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': encoding }).end(body);
    };
  it.each<[string, TestServer['answer'], string]>([
    ['500', status(500), 'want 200, got 500'],
    ['401', status(401), 'want 200, got 401'],
    ['204', (_, response) => response.writeHead(204).end(), 'want 200, got 204'],
    [
      'a redirect',
      status(302, { location: '/login?t=s3cret' }),
      'want 200, got 302 (redirects are not followed)',
    ],
    [
      'HTML',
      textAnswer('<html>', 'text/html; charset=utf-8'),
      'want a page of metrics, got text/html; charset=utf-8',
    ],
    ['HTML as text', textAnswer('<html>\n'), 'line 1: want a metric name, got "<html>"'],
    ['JSON', textAnswer('{}', 'application/json'), 'want a page of metrics, got application/json'],
    ['a bad line', textAnswer(`${goodPage}used x\n`), 'line 4: want a value, got "x"'],
    [
      'a cut page',
      textAnswer(goodPage, 'application/openmetrics-text'),
      'line 4: want # EOF, got the end of the page',
    ],
    [
      'a long page',
      textAnswer(`#${'x'.repeat(10_000)}`),
      'want a body of at most 10000 bytes, got a longer one',
    ],
    [
      'a small page that unpacks to a long one',
      packed(gzipSync('#'.repeat(1_000_000)), 'gzip'),
      'want a body of at most 10000 bytes, got a longer one',
    ],
    ['broken gzip', packed(Buffer.from('used 5\n'), 'gzip'), 'want a whole body in gzip, got a broken one'],
    [
      'cut gzip',
      packed(gzipSync(goodPage).subarray(0, 20), 'gzip'),
      'want a whole body in gzip, got a broken one',
    ],
    ['another packing', packed(Buffer.from(''), 'br'), 'want a body in gzip or as it is, got br'],
    [
      'a body that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '1000' });
        response.write(goodPage, () => response.destroy());
      },
      'the connection closed before the answer ended',
    ],
    [
      'a chunked body that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write(goodPage, () => response.destroy());
      },
      'the connection closed before the answer ended',
    ],
    [
      'no answer at all',
      (request) => void request.socket.destroy(),
      'the connection closed before the answer ended',
    ],
    [
      'something else than HTTP',
      (request) => void request.socket.end('SSH-2.0-OpenSSH_9\r\n'),
      'want an answer in HTTP/1.1, got something else',
    ],
  ])('%s: the reading fails, the next succeeds', async (_, answer, message) => {
    const scrape = source({ maxBytes: 10_000 });
    server.answer = answer;
    const failure = scrape.read(patient());
    await expect(failure).rejects.toThrow(
      expect.objectContaining({ message: `scrape ${server.url}/metrics: ${message}` }),
    );
    server.answer = textAnswer(goodPage);
    expect(await values(scrape)).toHaveLength(2);
  });

  it('a page of more than 4 MiB fails, one of less does not', async () => {
    const scrape = source();
    const page = (kib: number): string => goodPage + `#${'x'.repeat(1022)}\n`.repeat(kib);
    server.answer = textAnswer(page(4096));
    await expect(scrape.read(patient())).rejects.toThrow(
      `scrape ${server.url}/metrics: want a body of at most 4 MiB, got a longer one`,
    );
    server.answer = textAnswer(page(4095));
    expect(await values(scrape)).toHaveLength(2);
  });

  it.each<[string, TestServer['answer']]>([
    ['never answers', () => undefined],
    [
      'stops in the body',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write('used 5\n');
      },
    ],
    [
      'stops in the body of a failure',
      (_, response) => {
        response.writeHead(500);
        response.write('x');
      },
    ],
  ])('%s: the reading ends with the signal and leaves no connection', async (_, answer) => {
    const scrape = source();
    server.answer = answer;
    await expect(scrape.read(AbortSignal.timeout(150))).rejects.toThrow(`scrape ${server.url}/metrics: `);
    await eventually(async () => expect(await server.connections()).toBe(0));
    server.answer = textAnswer(goodPage);
    expect(await values(scrape)).toHaveLength(2);
  });

  it('names the deadline', async () => {
    server.answer = () => undefined;
    await expect(source().read(AbortSignal.timeout(50))).rejects.toThrow('no answer before the deadline');
    await expect(source().read(AbortSignal.abort())).rejects.toThrow('no answer before the deadline');
  });

  it('gone and back: refused in between, then read again', async () => {
    server.answer = textAnswer(goodPage);
    const scrape = source();
    expect(await values(scrape)).toHaveLength(2);
    const { port, url } = server;
    await server.stop();
    await expect(scrape.read(patient())).rejects.toThrow(`scrape ${url}/metrics: connection refused`);
    stack.use(await startServer(textAnswer(goodPage), undefined, port));
    expect(await values(scrape)).toHaveLength(2);
  });

  it('with a name that does not resolve', async () => {
    await expect(source({ url: 'http://host.invalid/metrics' }).read(patient())).rejects.toThrow(
      /^scrape http:\/\/host\.invalid\/metrics: (unknown node or service|temporary failure)/,
    );
  });
});

describe('connections', () => {
  it('one, kept, serves all readings, and is gone after the stop', async () => {
    server.answer = textAnswer(goodPage);
    const scrape = source();
    for (let reading = 0; reading < 50; reading += 1) await values(scrape);
    expect(server.opened()).toBe(1);
    await scrape.stop();
    await eventually(async () => expect(await server.connections()).toBe(0));
    await expect(scrape.read(patient())).rejects.toThrow('the source was stopped');
  });

  it('are kept for longer than the few seconds between readings', async () => {
    server.answer = (_, response) => {
      // With this header Node does not tell how long it keeps the connection.
      response.writeHead(200, { 'content-type': 'text/plain', connection: 'keep-alive' }).end(goodPage);
    };
    const scrape = source();
    await values(scrape);
    await sleep(4_500);
    await values(scrape);
    expect(server.opened()).toBe(1);
  }, 30_000);

  it('that the server closes between readings cost no reading', async () => {
    const scrape = source();
    server.answer = (request, response) => {
      textAnswer(goodPage)(request, response);
      response.on('finish', () => setTimeout(() => request.socket.destroy(), 2));
    };
    for (let reading = 0; reading < 30; reading += 1) {
      expect(await values(scrape)).toHaveLength(2);
      await sleep(reading % 5);
    }
  });

  it('that failed are not left open', async () => {
    const scrape = source({ maxBytes: 1000 });
    for (let reading = 0; reading < 30; reading += 1) {
      server.answer = reading % 2 === 0 ? textAnswer('#'.repeat(50_000)) : () => undefined;
      await expect(scrape.read(AbortSignal.timeout(40))).rejects.toThrow('scrape ');
    }
    await eventually(async () => expect(await server.connections()).toBeLessThanOrEqual(1));
  });
});

describeWithOpenssl()('over TLS', () => {
  it('checks the certificate against what it was given, and shows its own', async () => {
    const certificates = createCertificates();
    stack.defer(async () => certificates.remove());
    certificates.selfSigned('authority');
    certificates.signed('server', 'authority', 'subjectAltName=DNS:metrics.test');
    certificates.signed('client', 'authority', 'extendedKeyUsage=clientAuth');
    const ca = certificates.read('authority.pem');
    const pair = (name: string) => ({
      cert: certificates.read(`${name}.pem`),
      key: certificates.read(`${name}.key`),
    });
    const tls = { ...pair('server'), ca, requestCert: true, rejectUnauthorized: true };
    const secure = stack.use(await startServer(textAnswer(goodPage), tls));
    const read = (settings: NonNullable<ScrapeOptions['tls']>): Promise<unknown[]> =>
      values(source({ url: `${secure.url}/metrics`, tls: settings }));
    const client = pair('client');
    expect(await read({ ca, ...client, serverName: 'metrics.test' })).toEqual(goodSamples);
    expect(await read({ ...client, rejectUnauthorized: false })).toEqual(goodSamples);
    await expect(read(client)).rejects.toThrow(`scrape ${secure.url}/metrics: self-signed certificate`);
    await expect(read({ ca, ...client })).rejects.toThrow(/IP: 127\.0\.0\.1 is not in the cert's list/);
    await expect(read({ ca, serverName: 'metrics.test' })).rejects.toThrow(
      /certificate required|closed|reset/,
    );
  });
});
