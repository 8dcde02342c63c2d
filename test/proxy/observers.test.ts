import { afterEach, describe, expect, it } from '@jest/globals';
import { cannedUpstream, closeAll, eventually, proxyTo, rawClient, recorder } from './harness.ts';
import type { ExchangeObserver } from '../../src/model/exchange.ts';

afterEach(closeAll);

const POST = 'POST /mcp?x HTTP/1.1\r\nHost: a\r\nX-B: 1\r\nContent-Length: 2\r\n\r\nhi';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('an observer', () => {
  it('is told everything in the order of the wire', async () => {
    const upstream = await cannedUpstream(`HTTP/1.1 103 Early\r\n\r\n${OK}`);
    const { observe, recordings } = recorder();
    const { port } = await proxyTo(upstream.url, {}, { observe });
    await (await rawClient(port, POST)).until('ok');
    await eventually(() => recordings[0]?.end !== undefined, 'the end');
    const recording = recordings[0];
    expect(recording?.events).toEqual([
      'requestBody',
      'requestEnd',
      'responseHead 200',
      'responseBody',
      'end complete',
    ]);
    expect(recording?.head).toMatchObject({
      method: 'POST',
      target: '/mcp?x',
      rawHeaders: ['Host', 'a', 'X-B', '1', 'Content-Length', '2'],
    });
    expect([recording?.requestBody, recording?.responseBody]).toEqual(['hi', 'ok']);
    expect(recording?.overheadMs).toBeGreaterThan(0);
  });

  it('is not told of the time that the upstream took', async () => {
    let nowMs = 0;
    const upstream = await cannedUpstream(OK);
    const { observe, recordings } = recorder();
    // Each reading of the clock is one millisecond later; between request and answer a minute passes.
    const clock = { nowMs: () => ++nowMs, wallMs: () => 0 };
    const slow = (head: Parameters<typeof observe>[0]): ExchangeObserver => {
      const observer = observe(head);
      return { ...observer, requestEnd: () => (nowMs += 60_000) };
    };
    const { port } = await proxyTo(upstream.url, {}, { observe: slow, clock });
    await (await rawClient(port, POST)).until('ok');
    await eventually(() => recordings[0]?.end !== undefined, 'the end');
    expect(recordings[0]?.overheadMs).toBeLessThan(100);
  });

  it.each(['requestBody', 'requestEnd', 'responseHead', 'responseBody', 'end'] as const)(
    'that throws in %s changes nothing for the client and is reported once',
    async (method) => {
      const upstream = await cannedUpstream(OK);
      const errors: unknown[] = [];
      const { observe, recordings } = recorder();
      const { port, ...proxy } = await proxyTo(
        upstream.url,
        {},
        {
          observe: (head) => ({
            ...observe(head),
            [method]: () => {
              throw new Error(`broken ${method}`);
            },
          }),
          onObserverError: (error) => errors.push(error),
        },
      );
      const client = await rawClient(port, POST);
      await client.until('ok');
      await eventually(() => proxy.activeExchanges() === 0, 'the end');
      expect(errors).toEqual([new Error(`broken ${method}`)]);
      // It hears of the end, whatever it threw before, so that it can let go of what it holds.
      expect(method === 'end' || recordings[0]?.events.at(-1) === 'end complete').toBe(true);
      client.socket.write(POST);
      await client.until(/ok[^]*ok$/);
    },
  );

  it('that cannot even be made changes nothing', async () => {
    const upstream = await cannedUpstream(OK);
    const errors: unknown[] = [];
    const { port } = await proxyTo(
      upstream.url,
      {},
      {
        observe: () => {
          throw new Error('no observer');
        },
        onObserverError: (error) => errors.push(error),
      },
    );
    await (await rawClient(port, POST)).until('ok');
    expect(errors).toEqual([new Error('no observer')]);
  });
});
