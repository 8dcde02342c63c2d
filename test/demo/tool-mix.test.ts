import { describe, expect, it } from '@jest/globals';
import { nextToolCall } from '../../src/demo/tool-mix.ts';

/** Repeatable numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.trunc(state + 0x6d2b79f5);
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = seeded(7);
const calls = Array.from({ length: 20_000 }, () => nextToolCall(random));

function share(...names: readonly string[]): number {
  return calls.filter((call) => names.includes(call.name)).length / calls.length;
}

describe('the mix of the demo’s clients', () => {
  it.each([
    ['60 % read', ['get_user', 'find_user'], 0.6],
    ['30 % write', ['process_batch'], 0.3],
    ['10 % complex', ['generate_report', 'fetch_weather'], 0.1],
  ])('is %s', (_, names, wanted) => {
    expect(share(...names)).toBeGreaterThan(wanted - 0.02);
    expect(share(...names)).toBeLessThan(wanted + 0.02);
  });

  it('writes batches of the documented sizes only, each of them', () => {
    const sizes = calls.flatMap((call) => {
      const items = call.arguments['items'];
      return Array.isArray(items) ? [items.length] : [];
    });
    expect([...new Set(sizes)].toSorted((a, b) => a - b)).toEqual([10, 50, 100, 500]);
  });

  it('sends about 2 KB in its most frequent write', () => {
    const batch = calls.find(
      (call) => JSON.stringify(call.arguments['items'] ?? '').length < 3000 && call.name === 'process_batch',
    );
    const bytes = JSON.stringify(batch?.arguments).length;
    expect(bytes).toBeGreaterThan(1200);
    expect(bytes).toBeLessThan(2600);
  });

  it('fails now and then, in each of its ways', () => {
    const ids = calls
      .filter((call) => call.name === 'get_user')
      .map((call) => String(call.arguments['user_id']));
    expect(share('find_user')).toBeGreaterThan(0);
    expect(ids.some((id) => id.startsWith('user-'))).toBe(true);
    expect(ids.some((id) => Number(id) > 1000)).toBe(true);
    expect(ids.filter((id) => Number(id) <= 1000).length / ids.length).toBeGreaterThan(0.98);
  });
});
