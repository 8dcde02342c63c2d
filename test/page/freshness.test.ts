import { describe, expect, it } from '@jest/globals';
import { describeFreshness, STALE_AFTER_MS, type Freshness } from '../../src/browser/freshness.ts';

const STARTED = 1000;
const atMs = Date.UTC(2026, 10, 27, 14, 5, 3);
const heard: Freshness = { heardAt: 5000, atMs, lost: undefined };
const unheard: Freshness = { heardAt: undefined, atMs: undefined, lost: undefined };

describe('what the page says of its own age', () => {
  it.each<[string, Freshness, number, 'live' | 'waiting' | 'stale', RegExp]>([
    ['nothing came yet', unheard, STARTED + 500, 'waiting', /^connecting …$/],
    ['nothing ever came', unheard, STARTED + STALE_AFTER_MS, 'stale', /^no update for 12 s$/],
    ['it was just heard of', heard, 5000, 'live', /^live \d\d:\d\d:03$/],
    ['a moment before it is stale', heard, 5000 + STALE_AFTER_MS - 1, 'live', /^live \d\d:\d\d:03$/],
    ['it was silent for too long', heard, 5000 + STALE_AFTER_MS, 'stale', /^no update for 12 s$/],
    [
      'a silence whose reason is known',
      { ...heard, lost: 'unreachable' },
      46_500,
      'stale',
      /^no update for 41 s: the sidecar does not answer$/,
    ],
    ['a break that is not a silence yet', { ...heard, lost: 'unreachable' }, 6000, 'live', /^live /],
    [
      'too many pages',
      { ...heard, lost: 'full' },
      20_000,
      'stale',
      /^no update for 15 s: too many pages are open$/,
    ],
    [
      'a login that ran out, which will not come back by itself',
      { ...heard, lost: 'login' },
      5900,
      'stale',
      /^no update for 0 s: your session has ended$/,
    ],
  ])('%s', (_, freshness, now, state, text) => {
    const said = describeFreshness(freshness, STARTED, now);
    expect(said.state).toBe(state);
    expect(said.text).toMatch(text);
  });
});
