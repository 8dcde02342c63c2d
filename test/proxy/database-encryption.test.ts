import net from 'node:net';
import tls from 'node:tls';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { createCertificates, describeWithOpenssl } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import {
  CANCEL_REQUEST,
  connectTo,
  databaseProxyTo,
  databaseRecorder,
  errorFields,
  follow,
  GSSENC_REQUEST,
  packet,
  SSL_REQUEST,
  START_UP,
  startPeerServer,
} from './database-harness.ts';
import type { Peer } from './database-harness.ts';
import { closeAll, closeLater } from './harness.ts';

afterEach(closeAll);

const DIRECT_TLS = Buffer.from('\x16\x03\x01\x00\x05hello', 'latin1');

/** Sends pieces so that each arrives by itself. */
async function sendPieces(socket: net.Socket, bytes: Buffer, size: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += size) {
    socket.write(bytes.subarray(at, at + size));
    await sleep(2);
  }
}

describe('decline', () => {
  const start = async () => {
    const { observe, recordings } = databaseRecorder();
    const server = await startPeerServer();
    const proxy = await databaseProxyTo(server.port, { tlsMode: 'decline' }, { observe });
    const client = await connectTo(proxy.port);
    return { client, server: await server.next(), recordings, proxy };
  };

  it.each([
    ['one for TLS', [SSL_REQUEST], 8],
    ['one for GSSAPI', [GSSENC_REQUEST], 8],
    ['both', [GSSENC_REQUEST, SSL_REQUEST], 3],
    ['many, byte for byte', [SSL_REQUEST, GSSENC_REQUEST, SSL_REQUEST, SSL_REQUEST], 1],
    ['none', [], 1],
  ])('answers requests for encryption itself: %s', async (_, requests, size) => {
    const { client, server, recordings } = await start();
    for (const [i, request] of requests.entries()) {
      await sendPieces(client.socket, request, size);
      expect(String(await client.received(i + 1))).toBe('N'.repeat(i + 1));
    }
    await sendPieces(client.socket, START_UP, size);
    expect(await server.received(START_UP.length)).toEqual(START_UP);
    server.socket.write('answer');
    expect(String(await client.received(requests.length + 6))).toBe(`${'N'.repeat(requests.length)}answer`);
    await eventually(() => {
      expect(Buffer.concat(recordings[0]!.fromClient)).toEqual(Buffer.concat([...requests, START_UP]));
      expect(Buffer.concat(recordings[0]!.fromServer)).toEqual(client.bytes());
    });
  });

  it('forwards a request for encryption that comes later', async () => {
    const { client, server } = await start();
    client.socket.write(START_UP);
    await server.received(START_UP.length);
    client.socket.write(SSL_REQUEST);
    expect(await server.received(START_UP.length + 8)).toEqual(Buffer.concat([START_UP, SSL_REQUEST]));
    expect(client.bytes()).toHaveLength(0);
  });

  it.each([
    ['a direct TLS hello', DIRECT_TLS],
    ['a cancel request', CANCEL_REQUEST],
    ['something that only begins like a request', Buffer.from([0, 0, 0, 8, 4, 210, 22, 41])],
    ['a beginning of a request, and the end', SSL_REQUEST.subarray(0, 7)],
    ['anything else', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('forwards %s', async (_, bytes) => {
    const { client, server, recordings } = await start();
    await sendPieces(client.socket, bytes, 3);
    client.socket.end();
    expect(await server.ended).toBe('end');
    expect(server.bytes()).toEqual(bytes);
    expect(Buffer.concat(recordings[0]!.fromClient)).toEqual(bytes);
    expect(client.bytes()).toHaveLength(0);
  });

  it('closes on bytes that follow a request before its answer', async () => {
    const { client, server, recordings, proxy } = await start();
    client.socket.write(Buffer.concat([SSL_REQUEST, START_UP]));
    await client.ended;
    await server.ended;
    server.socket.end();
    expect(client.bytes()).toHaveLength(0);
    expect(server.bytes()).toHaveLength(0);
    await eventually(() => expect(proxy.connections()).toBe(0));
    expect(recordings[0]?.ends).toMatchObject([{ kind: 'closed' }]);
  });
});

const describeTls = describeWithOpenssl();
let certificates: Certificates | undefined;
const read = (name: string): string => certificates?.read(name) ?? '';

afterAll(() => certificates?.remove());

describeTls('originate', () => {
  beforeAll(() => {
    certificates = createCertificates();
    certificates.selfSigned('ca');
    certificates.signed('server', 'ca', 'subjectAltName=DNS:db.test,IP:127.0.0.1');
    certificates.signed('client', 'ca', 'extendedKeyUsage=clientAuth');
  });

  interface TlsDatabase {
    readonly port: number;
    /** First bytes of each connection, before TLS. */
    readonly requests: Buffer[];
    readonly next: () => Promise<{ readonly peer: Peer; readonly secure: tls.TLSSocket }>;
  }

  /** A database that answers the request for TLS with `answer`, and makes TLS after an S. */
  async function tlsDatabase(
    answer: string | Buffer,
    options: tls.TLSSocketOptions = {},
  ): Promise<TlsDatabase> {
    const requests: Buffer[] = [];
    const made: { peer: Peer; secure: tls.TLSSocket }[] = [];
    const context = tls.createSecureContext({
      cert: read('server.pem'),
      key: read('server.key'),
      ca: read('ca.pem'),
    });
    const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      closeLater(() => void socket.destroy());
      socket.once('data', (request: Buffer) => {
        requests.push(request);
        socket.write(answer);
        if (answer !== 'S') {
          socket.on('end', () => socket.end());
          socket.resume();
          return;
        }
        const secure = new tls.TLSSocket(socket, {
          isServer: true,
          secureContext: context,
          ALPNCallback: ({ protocols }) => protocols.find((name) => name === 'postgresql'),
          ...options,
        });
        made.push({ peer: follow(secure), secure });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closeLater(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const next = async () => {
      await eventually(() => expect(made.length).toBeGreaterThan(0));
      return made.shift()!;
    };
    return { port, requests, next };
  }

  const trusting = (more = {}) => ({ tlsMode: 'originate' as const, tls: { ca: read('ca.pem'), ...more } });

  it('makes TLS towards the database, and shows the observer plain text', async () => {
    const { observe, recordings } = databaseRecorder();
    const database = await tlsDatabase('S');
    const proxy = await databaseProxyTo(database.port, trusting(), { observe });
    const client = await connectTo(proxy.port);
    const { peer, secure } = await database.next();
    client.socket.write(SSL_REQUEST);
    expect(String(await client.received(1))).toBe('N');
    client.socket.write(START_UP);
    expect(await peer.received(START_UP.length)).toEqual(START_UP);
    const answer = Buffer.alloc(300_000, 'S');
    secure.write(answer);
    await client.received(1 + answer.length);
    client.socket.end('bye');
    await peer.ended;
    expect(secure.alpnProtocol).toBe('postgresql');
    expect(database.requests).toEqual([SSL_REQUEST]);
    expect(client.bytes().subarray(1).equals(answer)).toBe(true);
    // The other way is still open.
    secure.end('later');
    await client.ended;
    await eventually(() => expect(recordings[0]?.ends).toMatchObject([{ kind: 'closed' }]));
    const [recording] = recordings;
    expect(Buffer.concat(recording!.fromClient)).toEqual(
      Buffer.concat([SSL_REQUEST, START_UP, Buffer.from('bye')]),
    );
    expect(Buffer.concat(recording!.fromServer).equals(client.bytes())).toBe(true);
    expect(String(client.bytes().subarray(-5))).toBe('later');
    await eventually(() => expect(proxy.connections()).toBe(0));
  });

  it('sends a cancel request over TLS', async () => {
    const database = await tlsDatabase('S');
    const proxy = await databaseProxyTo(database.port, trusting());
    const client = await connectTo(proxy.port);
    client.socket.end(CANCEL_REQUEST);
    const { peer } = await database.next();
    await peer.ended;
    expect(peer.bytes()).toEqual(CANCEL_REQUEST);
  });

  it('shows its own certificate', async () => {
    const database = await tlsDatabase('S', { requestCert: true, rejectUnauthorized: true });
    const proxy = await databaseProxyTo(
      database.port,
      trusting({ cert: read('client.pem'), key: read('client.key') }),
    );
    const client = await connectTo(proxy.port);
    client.socket.write(START_UP);
    const { peer, secure } = await database.next();
    await peer.received(START_UP.length);
    expect(secure.getPeerCertificate().subject.CN).toBe('client');
  });

  it.each([
    ['a database without TLS', 'N', 'TLS_REFUSED', 'want TLS, got a database without it'],
    ['another answer', 'E', 'TLS_BAD_ANSWER', 'want TLS, got another answer'],
    ['bytes behind the answer', 'SX', 'TLS_BAD_ANSWER', 'want TLS, got bytes before it'],
    ['bytes behind the refusal', 'NR', 'TLS_BAD_ANSWER', 'want TLS, got bytes before it'],
  ])('never speaks plain text: %s', async (_, answer, code, words) => {
    const { observe, recordings } = databaseRecorder();
    const database = await tlsDatabase(answer);
    const proxy = await databaseProxyTo(database.port, trusting(), { observe });
    const client = await connectTo(proxy.port);
    client.socket.write(SSL_REQUEST);
    await client.received(1);
    client.socket.write(START_UP);
    await client.ended;
    client.socket.end();
    expect(errorFields(client.bytes().subarray(1))).toMatchObject({
      C: '57P03',
      M: `mcp-vitals: connect 127.0.0.1:${database.port}: ${words}`,
    });
    expect(recordings[0]?.ends).toEqual([{ kind: 'unreachable', code }]);
    expect(database.requests).toEqual([SSL_REQUEST]);
    await eventually(() => expect(proxy.connections()).toBe(0));
  });

  it.each([
    ['an unknown authority', { tls: {} }, /SELF_SIGNED|UNABLE_TO/],
    ['another name', { tls: { serverName: 'else.test' } }, /ALTNAME/],
    ['a broken authority', { tls: { ca: 'not a certificate' } }, /SELF_SIGNED|UNABLE_TO|ERR_|PEM/],
  ])('tells the client of failed TLS: %s', async (name, changes, code) => {
    const { observe, recordings } = databaseRecorder();
    const database = await tlsDatabase('S');
    const ca = name === 'an unknown authority' ? {} : { ca: read('ca.pem') };
    const proxy = await databaseProxyTo(
      database.port,
      { tlsMode: 'originate', tls: { ...ca, ...changes.tls } },
      { observe },
    );
    const client = await connectTo(proxy.port);
    client.socket.write(START_UP);
    await client.ended;
    client.socket.end();
    expect(errorFields(client.bytes())?.['M']).toMatch(code);
    expect(recordings[0]?.ends).toEqual([{ kind: 'unreachable', code: expect.stringMatching(code) }]);
    await eventually(() => expect(proxy.connections()).toBe(0));
  });

  it.each([
    [{ serverName: 'db.test' }, 'db.test'],
    [{ rejectUnauthorized: false, ca: undefined, serverName: 'else.test' }, 'else.test'],
  ])('takes %j', async (settings, name) => {
    const database = await tlsDatabase('S');
    const proxy = await databaseProxyTo(database.port, trusting(settings));
    const client = await connectTo(proxy.port);
    client.socket.write(START_UP);
    const { peer, secure } = await database.next();
    await peer.received(START_UP.length);
    expect(secure.servername).toBe(name);
  });

  it('refuses a client that makes TLS without asking', async () => {
    const database = await tlsDatabase('S');
    const proxy = await databaseProxyTo(database.port, trusting());
    const client = await connectTo(proxy.port);
    client.socket.write(DIRECT_TLS);
    await client.ended;
    expect(client.bytes()).toHaveLength(0);
    const { peer } = await database.next();
    await peer.ended;
    expect(peer.bytes()).toHaveLength(0);
  });

  it('resets the client when the database is lost', async () => {
    const database = await tlsDatabase('S');
    const proxy = await databaseProxyTo(database.port, trusting());
    const client = await connectTo(proxy.port);
    client.socket.write(START_UP);
    const { secure, peer } = await database.next();
    await peer.received(START_UP.length);
    const answer = packet(Buffer.from('name\0value\0'), 'S');
    secure.write(answer);
    await client.received(answer.length);
    secure.destroy();
    expect(['ECONNRESET', 'end']).toContain(await client.ended);
    client.socket.destroy();
    await eventually(() => expect(proxy.connections()).toBe(0));
  });

  const sasl = (...mechanisms: string[]): Buffer =>
    packet(Buffer.concat([Buffer.from([0, 0, 0, 10]), Buffer.from(`${mechanisms.join('\0')}\0\0`)]), 'R');
  const offered = sasl('SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256');
  const kept = sasl('SCRAM-SHA-256');
  const notice = packet(Buffer.from('SNOTICE\0Mhello\0\0'), 'N');
  const version = packet(Buffer.alloc(8), 'v');
  const later = packet(Buffer.from('anything'), 'D');
  const clearText = packet(Buffer.from([0, 0, 0, 3]), 'R');
  const error = packet(Buffer.from('SFATAL\0\0'), 'E');

  it.each([
    ['as PostgreSQL sends it', [offered], [kept]],
    ['in another order', [sasl('SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS', 'X')], [sasl('SCRAM-SHA-256', 'X')]],
    ['behind other messages', [version, notice, offered, later], [version, notice, kept, later]],
    ['only once', [offered, offered], [kept, offered]],
    ['not where it is not', [kept, later], [kept, later]],
    ['not where nothing else is left', [sasl('SCRAM-SHA-256-PLUS')], [sasl('SCRAM-SHA-256-PLUS')]],
    ['not behind another kind of authentication', [clearText, offered], [clearText, offered]],
    ['not behind an error', [error, offered], [error, offered]],
    [
      'not in a message that is too long',
      [sasl('X-PLUS', 'Y'.repeat(2_000))],
      [sasl('X-PLUS', 'Y'.repeat(2_000))],
    ],
    ['not in a message that breaks off', [offered.subarray(0, 20)], [offered.subarray(0, 20)]],
  ])(
    'takes SCRAM-SHA-256-PLUS out of what the database offers: %s',
    async (_, sent, wanted) => {
      const database = await tlsDatabase('S');
      const { observe, recordings } = databaseRecorder();
      const proxy = await databaseProxyTo(database.port, trusting(), { observe });
      for (const size of [1, 7, 100_000]) {
        recordings.length = 0;
        const client = await connectTo(proxy.port);
        client.socket.write(START_UP);
        const { secure, peer } = await database.next();
        await peer.received(START_UP.length);
        const bytes = Buffer.concat(sent);
        // A record of TLS arrives as one chunk.
        for (let at = 0; at < bytes.length; at += size) secure.write(bytes.subarray(at, at + size));
        secure.end();
        await client.ended;
        expect(client.bytes().toString('latin1')).toBe(Buffer.concat(wanted).toString('latin1'));
        expect(Buffer.concat(recordings[0]!.fromServer)).toEqual(client.bytes());
        client.socket.end();
      }
    },
    15_000,
  );
});
