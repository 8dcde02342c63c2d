import { createServer } from 'node:https';
import { expect, it } from '@jest/globals';
import { toEndpoint } from '../../src/bench/endpoint.ts';
import { createHttpPool } from '../../src/bench/http-pool.ts';
import { openHttpSession } from '../../src/bench/http-session.ts';
import type { ClientTls } from '../../src/model/client-tls.ts';
import { listenOnLoopback } from '../harness/free-port.ts';
import { createCertificates, describeWithOpenssl } from '../proxy/certificates.ts';

describeWithOpenssl()('a server behind TLS', () => {
  const certificates = createCertificates();

  /** Opens a session with a server whose certificate is of an authority of our own. */
  async function open(tls: ClientTls | undefined, host = 'localhost'): Promise<string> {
    const server = createServer(
      { key: certificates.read('server.key'), cert: certificates.read('server.pem') },
      (request, response) => {
        let body = '';
        request.on('data', (part: Buffer) => (body += part.toString()));
        request.on('end', () => {
          const { id }: { id?: number } = JSON.parse(body);
          const result = {
            protocolVersion: '2025-11-25',
            capabilities: {},
            serverInfo: { name: 'safe', version: '1' },
          };
          response.writeHead(id === undefined ? 202 : 200, { 'content-type': 'application/json' });
          response.end(id === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id, result }));
        });
      },
    );
    const port = await listenOnLoopback(server);
    const endpoint = toEndpoint(`https://${host}:${port}/mcp`, tls, ['127.0.0.1']);
    const nowMs = (): number => performance.now();
    const pool = createHttpPool(endpoint, { sent: 0, received: 0 }, nowMs);
    try {
      const session = await openHttpSession({ pool, headers: () => '', nowMs, timeoutMs: 5000 }, 'legacy');
      return session.agreement.server ?? '';
    } finally {
      pool.close();
      server.closeAllConnections();
      server.close();
    }
  }

  it('is spoken to where its certificate chains to what is trusted, and to nobody else', async () => {
    certificates.selfSigned('authority');
    certificates.signed('server', 'authority', 'subjectAltName=DNS:localhost');
    const ca = certificates.read('authority.pem');
    expect(await open({ ca })).toBe('safe 1');
    expect(await open({ rejectUnauthorized: false })).toBe('safe 1');
    await expect(open(undefined)).rejects.toThrow(/^want an answer, got no connection \(.*certificate/);
    await expect(open({ ca }, 'other.example')).rejects.toThrow(/got no connection \(.*altnames/);
    certificates.remove();
  });
});
