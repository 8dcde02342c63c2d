import net from 'node:net';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createCertificates, describeWithOpenssl } from './certificates.ts';
import {
  connectTo,
  databaseProxyTo,
  databaseRecorder,
  follow,
  GSSENC_REQUEST,
  SSL_REQUEST,
  START_UP,
} from './database-harness.ts';
import type { Peer } from './database-harness.ts';
import { closeAll, rawUpstream } from './harness.ts';

const RUNS = 1_100;
/** Connections under way at once. */
const WIDTH = 8;

/** One side's bytes, and where it pauses: until that many bytes of the other side have come. */
interface Script {
  readonly pieces: readonly { readonly bytes: Buffer; readonly after: number }[];
}
interface Conversation {
  readonly requests: readonly Buffer[];
  readonly client: Script;
  readonly server: Script;
}

const total = (script: Script): number => script.pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
const joined = (script: Script): Buffer => Buffer.concat(script.pieces.map(({ bytes }) => bytes));

/** Pieces of both sides in one order: a side waits for what stands before its piece, if it is told to. */
const conversation: fc.Arbitrary<Conversation> = fc
  .record({
    requests: fc.array(fc.constantFrom(SSL_REQUEST, GSSENC_REQUEST), { maxLength: 3 }),
    steps: fc.array(
      fc.record({
        from: fc.constantFrom('client', 'server'),
        waits: fc.boolean(),
        size: fc.oneof(
          { weight: 6, arbitrary: fc.nat(20) },
          { weight: 3, arbitrary: fc.nat(3_000) },
          { weight: 1, arbitrary: fc.nat(200_000) },
        ),
        fill: fc.nat(255),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ requests, steps }) => {
    const sides = {
      client: [{ bytes: START_UP, after: 0 }],
      server: [] as { bytes: Buffer; after: number }[],
    };
    const sent = { client: START_UP.length, server: 0 };
    for (const { from, waits, size, fill } of steps) {
      const side = from === 'client' ? 'client' : 'server';
      const other = from === 'client' ? 'server' : 'client';
      // An R first would be a question for a password, which may be changed.
      const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, i) => (fill + i * 7) & 255));
      if (side === 'server' && sent.server === 0 && size > 0) bytes[0] = 'E'.charCodeAt(0);
      sides[side].push({ bytes, after: waits ? sent[other] : 0 });
      sent[side] += size;
    }
    return { requests, client: { pieces: sides.client }, server: { pieces: sides.server } };
  });

/** Plays one side; `skip` bytes of the other side came before the conversation. */
async function play(peer: Peer, script: Script, otherTotal: number, skip = 0): Promise<void> {
  for (const { bytes, after } of script.pieces) {
    await peer.received(skip + after);
    peer.socket.write(bytes);
    await new Promise((resolve) => setImmediate(resolve));
  }
  peer.socket.end();
  await peer.received(skip + otherTotal);
  await peer.ended;
}

const describeTls = describeWithOpenssl();

describeTls.each(['pass', 'decline', 'originate'] as const)('random conversations in mode %s', (mode) => {
  const { observe, recordings } = databaseRecorder();
  const accepted: Peer[] = [];
  let port = 0;
  const certificates = createCertificates();
  afterAll(() => certificates.remove());
  afterAll(closeAll);

  beforeAll(async () => {
    certificates.selfSigned('server');
    const secureContext = tls.createSecureContext({
      cert: certificates.read('server.pem'),
      key: certificates.read('server.key'),
    });
    const upstream = await rawUpstream(
      (socket: net.Socket) => {
        if (mode !== 'originate') {
          accepted.push(follow(socket));
          return;
        }
        socket.once('data', () => {
          socket.write('S');
          const secure = new tls.TLSSocket(socket, { isServer: true, secureContext });
          // An end in the midst of the handshake would be a failure of it.
          secure.on('secure', () => accepted.push(follow(secure)));
        });
      },
      { allowHalfOpen: true },
    );
    const proxy = await databaseProxyTo(
      upstream.port,
      { tlsMode: mode, tls: { rejectUnauthorized: false } },
      { observe },
    );
    port = proxy.port;
  });

  /** One after the other until here, so that each side knows which connection is whose. */
  let turn = Promise.resolve();
  async function open(): Promise<{ client: Peer; server: Peer; seen: (typeof recordings)[number] }> {
    const before = turn;
    let done = (): void => undefined;
    turn = new Promise<void>((resolve) => {
      done = resolve;
    });
    await before;
    const client = await connectTo(port);
    while (accepted.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const seen = recordings.at(-1)!;
    done();
    return { client, server: accepted.pop()!, seen };
  }

  async function runConversation({ requests, client: asked, server: answered }: Conversation): Promise<void> {
    const { client, server, seen } = await open();
    // In mode pass the server would have to answer them.
    const declined = mode === 'pass' ? [] : requests;
    for (const [i, request] of declined.entries()) {
      const at = (i * 3) % 8;
      client.socket.write(request.subarray(0, at));
      await new Promise((resolve) => setImmediate(resolve));
      client.socket.write(request.subarray(at));
      await client.received(i + 1);
    }
    const answers = declined.length;
    await Promise.all([play(client, asked, total(answered), answers), play(server, answered, total(asked))]);
    expect(server.bytes().equals(joined(asked))).toBe(true);
    expect(client.bytes().subarray(answers).equals(joined(answered))).toBe(true);
    expect(client.bytes().subarray(0, answers).toString()).toBe('N'.repeat(answers));
    while (seen.ends.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(Buffer.concat(seen.fromClient).equals(Buffer.concat([...declined, joined(asked)]))).toBe(true);
    expect(Buffer.concat(seen.fromServer).equals(client.bytes())).toBe(true);
    expect(seen.ends).toMatchObject([{ kind: 'closed' }]);
    for (const recorded of [seen.fromClient, seen.fromServer]) recorded.length = 0;
    client.socket.destroy();
    server.socket.destroy();
  }

  it('reach the other side byte for byte, and the observer as well', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(conversation, { minLength: WIDTH, maxLength: WIDTH }), async (several) => {
        await Promise.all(several.map(runConversation));
      }),
      { numRuns: Math.ceil(RUNS / WIDTH) },
    );
    expect(recordings.length).toBeGreaterThanOrEqual(RUNS);
  }, 120_000);
});
