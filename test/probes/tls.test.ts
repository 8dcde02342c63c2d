import { copyFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ProbeCheck, ProbeTls } from '../../src/model/probe.ts';
import { freePort, listenOnLoopback } from '../harness/free-port.ts';
import { startHandServer } from '../harness/hand-server.ts';
import { startProcess } from '../harness/start-process.ts';
import { createCertificates, describeWithOpenssl, type Certificates } from '../proxy/certificates.ts';
import { httpProbeOf, reasonOf, run } from './probe-definition.ts';

const health: ProbeCheck = { kind: 'http', method: 'GET', status: [], expect: {} };
const DAY_MS = 86_400_000;

describeWithOpenssl()('a server over TLS', () => {
  let certificates: Certificates;
  const stops: (() => void)[] = [];

  beforeAll(() => {
    certificates = createCertificates();
    certificates.selfSigned('authority');
    certificates.signed('good', 'authority', 'subjectAltName=DNS:localhost');
    certificates.signed('other', 'authority', 'subjectAltName=DNS:other.example');
    certificates.signed('client', 'authority', 'extendedKeyUsage=clientAuth');
    certificates.signed('expired', 'authority', 'subjectAltName=DNS:localhost', -1);
  });
  afterAll(() => {
    for (const stop of stops) stop();
    certificates.remove();
  });

  async function serve(cert: string, key: string, clientCa = false): Promise<string> {
    const ca = { requestCert: true, rejectUnauthorized: true, ca: certificates.read('authority.pem') };
    const server = createServer(
      { cert: certificates.read(cert), key: certificates.read(key), ...(clientCa && ca) },
      (_request, response) => response.end('well'),
    );
    const port = await listenOnLoopback(server);
    stops.push(() => {
      server.close();
      server.closeAllConnections();
    });
    return `https://localhost:${port}/health`;
  }

  const trusted = (more: Partial<ProbeTls> = {}) => ({
    target: { tls: { verify: true, caFile: certificates.path('authority.pem'), ...more } },
  });

  it('with a certificate that is about to end is well, and says when', async () => {
    const result = await run(httpProbeOf(await serve('good.pem', 'good.key'), health, trusted()));
    expect(reasonOf(result)).toBe('none');
    // The certificates of these tests are good for two days.
    const leftMs = (result.certificateExpiryMs ?? 0) - Date.now();
    expect(leftMs).toBeGreaterThan(1.9 * DAY_MS);
    expect(leftMs).toBeLessThan(2.1 * DAY_MS);
    expect(Object.keys(result.phases)).toEqual(['dns', 'connect', 'tls', 'first_byte', 'answer', 'close']);
  });

  it('with an expired certificate fails for that, and says since when', async () => {
    const result = await run(httpProbeOf(await serve('expired.pem', 'expired.key'), health, trusted()));
    expect(result.failure).toEqual({
      reason: 'tls',
      message: 'TLS with localhost: want a certificate that holds, got CERT_HAS_EXPIRED',
    });
    const sinceMs = Date.now() - (result.certificateExpiryMs ?? 0);
    expect(sinceMs).toBeGreaterThan(0.9 * DAY_MS);
    expect(sinceMs).toBeLessThan(1.1 * DAY_MS);
  });

  it.each<[string, string, string, (path: (name: string) => string) => Partial<ProbeTls>, string]>([
    ['of another name', 'other.pem', 'other.key', () => ({}), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'of nobody who is trusted',
      'good.pem',
      'good.key',
      (path) => ({ caFile: path('other.pem') }),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|SELF_SIGNED_CERT_IN_CHAIN',
    ],
  ])('with a certificate %s fails for that', async (_, cert, key, tlsOf, code) => {
    const url = await serve(cert, key);
    const result = await run(httpProbeOf(url, health, trusted(tlsOf(certificates.path))));
    expect(result.failure).toEqual({ reason: 'tls', message: expect.stringMatching(code) });
  });

  it.each<[string, string, string, boolean, (path: (name: string) => string) => Partial<ProbeTls>]>([
    ['named by the probe', 'other.pem', 'other.key', false, () => ({ serverName: 'other.example' })],
    ['not checked', 'expired.pem', 'expired.key', false, () => ({ verify: false })],
    [
      'that asks for ours, and gets it',
      'good.pem',
      'good.key',
      true,
      (path) => ({ certFile: path('client.pem'), keyFile: path('client.key') }),
    ],
  ])('with a certificate %s is well', async (_, cert, key, clientCa, tlsOf) => {
    const url = await serve(cert, key, clientCa);
    const result = await run(httpProbeOf(url, health, trusted(tlsOf(certificates.path))));
    expect(reasonOf(result)).toBe('none');
  });

  it('that wants a certificate of ours fails for that without one', async () => {
    // Node cuts the connection where openssl, as other servers do, says why.
    const port = await freePort();
    const server = await startProcess({
      command: 'openssl',
      args: `s_server -accept 127.0.0.1:${port} -www -cert good.pem -key good.key -CAfile authority.pem -Verify 1 -verify_return_error`.split(
        ' ',
      ),
      cwd: certificates.folder,
      ready: [/ACCEPT/],
    });
    const url = `https://127.0.0.1:${port}/`;
    const without = await run(httpProbeOf(url, health, trusted({ serverName: 'localhost' })));
    const ours = { certFile: certificates.path('client.pem'), keyFile: certificates.path('client.key') };
    const withOurs = await run(httpProbeOf(url, health, trusted({ serverName: 'localhost', ...ours })));
    await server.stop();
    expect(without.failure).toEqual({ reason: 'tls', message: expect.stringMatching(/ERR_SSL/) });
    expect(reasonOf(withOurs)).toBe('none');
  });

  it('that is none fails for that', async () => {
    const server = await startHandServer((_body, response) => response.end('plain'));
    const result = await run(httpProbeOf(`https://localhost:${server.port}/health`, health, trusted()));
    await server.stop();
    expect(reasonOf(result)).toBe('tls');
  });

  it('whose certificate was renewed in the file of the probe needs no restart', async () => {
    const url = await serve('good.pem', 'good.key');
    const definition = httpProbeOf(url, health, trusted({ caFile: certificates.path('chosen.pem') }));
    const choose = (name: string) => copyFileSync(certificates.path(name), certificates.path('chosen.pem'));
    choose('other.pem');
    expect(reasonOf(await run(definition))).toBe('tls');
    choose('authority.pem');
    expect(reasonOf(await run(definition))).toBe('none');
  });
});
