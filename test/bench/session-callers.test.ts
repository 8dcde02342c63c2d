import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { AskError } from '../../src/bench/ask-error.ts';
import type { McpSession } from '../../src/bench/call-end.ts';
import { openSessionCallers } from '../../src/bench/session-callers.ts';

describe('the sessions of many users', () => {
  it('are no more opened after one could not be, and those that were are ended', async () => {
    let asked = 0;
    let open = 0;
    const session: McpSession = {
      agreement: { era: 'legacy', protocolVersion: '2025-06-18', server: undefined },
      isStateful: true,
      ask: () => Promise.reject(new Error('not asked for')),
      call: () => ({ abandon: () => undefined }),
      isUsable: () => true,
      close: () => {
        open -= 1;
        return Promise.resolve(true);
      },
    };
    const counts = { opened: 0, closed: 0, failed: 0 };
    const opening = openSessionCallers({
      users: 500,
      open: async (user) => {
        asked += 1;
        if (user === 3)
          throw new AskError('want an answer, got status 503', { kind: 'http', statusCode: 503 });
        await sleep(1);
        open += 1;
        return session;
      },
      sessions: 'per_user',
      counts,
      nowMs: () => performance.now(),
    });
    await expect(opening).rejects.toThrow('want an answer, got status 503');
    await sleep(30);
    // Twenty at once were under way.
    expect({ asked, open, counts }).toEqual({
      asked: 20,
      open: 0,
      counts: { opened: 19, closed: 19, failed: 1 },
    });
  });
});
