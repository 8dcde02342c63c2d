import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/model/clock.ts';
import type { Clock } from '../../src/model/clock.ts';
import { closeAll, eventually, proxyTo, rawClient, rawUpstream, recorder } from './harness.ts';

afterEach(closeAll);

/** A clock that can be put forward. */
function movableClock(): Clock & { readonly forward: (ms: number) => void } {
  let aheadMs = 0;
  return {
    nowMs: () => systemClock.nowMs() + aheadMs,
    wallMs: systemClock.wallMs,
    forward: (ms) => (aheadMs += ms),
  };
}

/** Writes until nothing more is taken. */
async function fill(socket: Socket, more: () => boolean): Promise<void> {
  const block = Buffer.alloc(1024 * 1024, 'x');
  for (let blocks = 0; blocks < 64; blocks += 1) socket.write(block);
  let before = -1;
  let stillLooks = 0;
  await eventually(() => {
    const taken = socket.bytesWritten - socket.writableLength;
    stillLooks = taken === before && more() ? stillLooks + 1 : 0;
    before = taken;
    // Every 10 ms: a moment of rest is not the end yet.
    return stillLooks > 30;
  }, 'a client that is held back');
}

const POST = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${256 * 1024 * 1024}\r\n\r\n`;

describe('an upload of which the upstream takes nothing more', () => {
  it.each([
    ['before its answer', '', 'upstream_timeout', /^HTTP\/1\.1 504 /],
    [
      'after its answer began',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart',
      'upstream_timeout',
      /^HTTP\/1\.1 200 OK\r\n[^]*part$/,
    ],
  ])(
    'is given up in the end, %s, without any timeout configured',
    async (_, answer, kind, wanted) => {
      const clock = movableClock();
      const { observe, recordings } = recorder();
      let accepted = false;
      const { url } = await rawUpstream((socket) => {
        accepted = true;
        if (answer !== '') socket.write(answer);
        socket.pause();
      });
      const { port, ...proxy } = await proxyTo(url, {}, { clock, observe });
      const client = await rawClient(port, POST);
      await fill(client.socket, () => accepted);
      if (answer !== '') await client.until('part');
      clock.forward(540_000);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(proxy.activeExchanges()).toBe(1);
      clock.forward(61_000);
      await client.closed;
      await client.closed;
      expect(client.text()).toMatch(wanted);
      await eventually(() => proxy.activeExchanges() + proxy.upstreamConnections() === 0, 'nothing left');
      expect(recordings[0]?.end?.kind).toBe(kind);
    },
    20_000,
  );

  it('goes on as if nothing had been when the upstream takes more', async () => {
    const clock = movableClock();
    let upstream: Socket | undefined;
    let received = 0;
    const { url } = await rawUpstream((socket) => {
      upstream = socket;
      socket.pause();
    });
    const { port, ...proxy } = await proxyTo(url, {}, { clock });
    const client = await rawClient(port, POST);
    await fill(client.socket, () => upstream !== undefined);
    clock.forward(540_000);
    upstream?.on('data', (chunk: Buffer) => (received += chunk.length));
    upstream?.resume();
    await eventually(() => received > 64 * 1024 * 1024, 'all that was sent');
    clock.forward(601_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(proxy.activeExchanges()).toBe(1);
  }, 20_000);
});
