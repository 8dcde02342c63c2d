import { describe, expect, it } from '@jest/globals';
import { readAfterDelete, type Checkpoint } from '../../src/detectors/after-delete.ts';
import { seeded } from './watch-series.ts';

const point = (more: Partial<Checkpoint>): Checkpoint => ({
  active: 0,
  deleted: 0,
  left: 0,
  calls: 0,
  serverSessions: undefined,
  memoryLowBytes: undefined,
  ...more,
});

describe("the server's own count of sessions", () => {
  const first = point({ active: 10, deleted: 5, left: 2, serverSessions: 30 });

  it.each<[string, Partial<Checkpoint>, number | undefined]>([
    ['falls with each DELETE', { active: 12, deleted: 105, left: 2, serverSessions: 32 }, undefined],
    ['never falls', { active: 12, deleted: 105, left: 2, serverSessions: 132 }, 100],
    ['grows by those left behind', { active: 10, deleted: 105, left: 202, serverSessions: 230 }, undefined],
    ['grows with both', { active: 10, deleted: 105, left: 202, serverSessions: 325 }, 95],
    ['forgets some after all', { active: 10, deleted: 105, left: 2, serverSessions: 75 }, undefined],
    ['grows with too few to tell', { active: 10, deleted: 12, left: 2, serverSessions: 40 }, undefined],
    ['is no longer known', { active: 10, deleted: 105, left: 2 }, undefined],
  ])('%s', (_, now, kept) => {
    const held = now.serverSessions ?? 0;
    expect(readAfterDelete([point({}), first], point(now))).toEqual(
      kept === undefined ? undefined : { kind: 'server_count', deleted: (now.deleted ?? 0) - 5, held, kept },
    );
  });
});

describe('memory after DELETE', () => {
  /** Hours of a server; gives what was deleted, called and gained in each. */
  function hours(
    hour: (index: number, random: () => number) => { deleted: number; calls: number; bytes: number },
  ): Checkpoint[] {
    const random = seeded(7);
    const now = { deleted: 0, calls: 0, memoryLowBytes: 100e6 };
    return Array.from({ length: 14 }, (_, index) => {
      const before = point(now);
      const { deleted, calls, bytes } = hour(index, random);
      now.deleted += deleted;
      now.calls += calls;
      now.memoryLowBytes += bytes;
      return before;
    });
  }
  const read = (points: readonly Checkpoint[]) => readAfterDelete(points, points.at(-1) ?? point({}));

  it('that grows with each deleted session is told by its bytes', () => {
    const found = read(
      hours((index, random) => {
        const deleted = 100 + 80 * Math.sin(index);
        return { deleted, calls: 1000 * random(), bytes: deleted * 9200 * (0.9 + 0.2 * random()) };
      }),
    );
    expect(found).toMatchObject({ kind: 'memory' });
    if (found?.kind === 'memory') expect(found.bytesPerSession / 9200).toBeCloseTo(1, 1);
  });

  it.each<
    [string, (index: number, random: () => number) => { deleted: number; calls: number; bytes: number }]
  >([
    [
      'is flat',
      (index, random) => ({ deleted: 100 + 80 * Math.sin(index), calls: 500, bytes: (random() - 0.5) * 1e6 }),
    ],
    [
      'grows with requests as well',
      (index) => {
        const deleted = 100 + 80 * Math.sin(index);
        return { deleted, calls: deleted * 5, bytes: deleted * 9200 };
      },
    ],
    [
      'grows with requests instead',
      (index, random) => {
        const calls = 1000 * random();
        return { deleted: 100 + 80 * Math.sin(index), calls, bytes: calls * 900 };
      },
    ],
    ['grows at a steady pace', () => ({ deleted: 100, calls: 500, bytes: 920_000 })],
    [
      'grows by next to nothing',
      (index) => {
        const deleted = 100 + 80 * Math.sin(index);
        return { deleted, calls: 500, bytes: deleted * 100 };
      },
    ],
    [
      'grew while it warmed up',
      (index) => ({ deleted: 100 + index, calls: 500, bytes: index === 0 ? 50e6 : 0 }),
    ],
  ])('that %s says nothing', (_, hour) => expect(read(hours(hour))).toBeUndefined());

  it('that was not always known, or not for long, says nothing', () => {
    const leaking = hours((index) => {
      const deleted = 100 + 80 * Math.sin(index);
      return { deleted, calls: 500, bytes: deleted * 9200 };
    });
    expect(read(leaking)).toBeDefined();
    expect(read(leaking.slice(0, 10))).toBeUndefined();
    expect(
      read(leaking.map((each, index) => (index % 3 === 0 ? { ...each, memoryLowBytes: undefined } : each))),
    ).toBeUndefined();
  });
});
