/* oxlint-disable unicorn/prefer-add-event-listener -- transports have no other way */
import { describe, expect, it } from '@jest/globals';
import { instrument } from '../../src/instrument/instrument.ts';
import type { Vitals } from '../../src/instrument/instrument.ts';
import { parseExposition, total, totalBy } from '../harness/exposition.ts';

const read = async (vitals: Vitals) => parseExposition((await vitals.metrics()).body);

/** Lets a server answer calls of a tool, each with the same error. */
async function failCalls(vitals: Vitals, count: number): Promise<void> {
  const transport: { onmessage?: (message: unknown) => void; send: (message: unknown) => void } = {
    send: () => undefined,
  };
  await vitals.server({ connect: async (_transport: typeof transport) => undefined }).connect(transport);
  transport.onmessage = () => undefined;
  for (let id = 0; id < count; id++) {
    transport.onmessage({ id, method: 'tools/call', params: { name: 'sell' } });
    transport.send({ id, result: { isError: true, content: [{ type: 'text', text: 'out of stock' }] } });
  }
}

describe('options', () => {
  it.each(['g', 'y', 'gi'])(
    'may have patterns with flags (%s) that remember where they were',
    async (flags) => {
      const vitals = instrument({ errorTypes: [{ type: 'sold_out', pattern: new RegExp('out of', flags) }] });
      await failCalls(vitals, 4);
      expect(totalBy(await read(vitals), 'mcp_request_errors_total', ['error_type'])).toEqual({
        sold_out: 4,
      });
    },
  );

  it('may have an onFault that fails, at once or later, and nobody hears of it', async () => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', hear);
    const failing = [
      async () => Promise.reject(new Error('later')),
      () => {
        throw new Error('at once');
      },
    ];
    for (const onFault of failing) {
      const vitals = instrument({ onFault });
      vitals.server(Object.freeze({ connect: async () => undefined }));
      expect(total(await read(vitals), 'mcp_vitals_tap_dropped_total', { reason: 'tap_error' })).toBe(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', hear);
    expect(unhandled).toEqual([]);
  });
});

describe('after it was stopped', () => {
  it("has the registry's metrics on its page still, and may be stopped again", async () => {
    const vitals = instrument();
    await failCalls(vitals, 1);
    await vitals.stop();
    await vitals.stop();
    const { contentType, body } = await vitals.metrics();
    expect(contentType).toMatch(/^text\/plain/);
    expect(body).toContain('request_duration_seconds_count');
    await failCalls(vitals, 1);
    expect(total(await read(vitals), 'mcp_request_errors_total')).toBe(2);
  });
});
