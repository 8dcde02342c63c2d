import { describe, expect, it } from '@jest/globals';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { suggestSetUp } from '../../src/baselines/suggest-set-up.ts';

const GIB = 1024 ** 3;

describe('a set-up to begin with', () => {
  it.each([
    ['a small machine', 2, 3.8, 1, 200, 70],
    ['the standard machine', 4, 7.6, 2, 500, 140],
    ['a large machine', 8, 16, 3, 2000, 280],
    ['a larger one than any tier has', 32, 64, 3, 2000, 1120],
    ['many vCPUs with little memory', 16, 4, 1, 200, 560],
    ['less than the smallest', 1, 1, 1, 200, 35],
  ])('for %s: %d vCPUs, %d GiB', (_, vcpus, gib, tier, sessions, connections) => {
    const suggested = suggestSetUp(documentTables, { vcpus, memoryBytes: gib * GIB, openFiles: 1024 });
    expect(suggested).toMatchObject({
      tier,
      workers: Math.max(1, vcpus),
      limits: { memoryBytes: gib * GIB, sessions, connections, openFiles: 1024 },
    });
  });

  it('says why', () => {
    const { why, limits } = suggestSetUp(documentTables, { vcpus: 4, memoryBytes: 8 * GIB });
    expect(why['server.tier']).toBe(
      '4 vCPUs and 8 GiB: the machine of Production Deployment Tiers, tier 2 (medium)',
    );
    expect(limits).not.toHaveProperty('openFiles');
    expect(suggestSetUp(documentTables, { vcpus: 0.5, memoryBytes: GIB }).why['server.tier']).toBe(
      '0.5 vCPUs and 1 GiB: less than any tier has; the smallest',
    );
  });
});
