import { describe, expect, it } from '@jest/globals';
import { PROFILES } from '../../src/detectors/profiles.ts';
import { evaluationPace } from '../../src/fleet/evaluation-pace.ts';
import type { QueriedSeries, QueryRange } from '../../src/fleet/queried-series.ts';
import { createQueryWatch, type QueryWatchOptions } from '../../src/fleet/query-watch.ts';
import type { WatchedQuery } from '../../src/fleet/watched-query.ts';
import type { Labels } from '../../src/model/labels.ts';
import { WHOLE } from '../../src/model/shard.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 5);
const GIB = 1024 ** 3;

/** A series of a test: its labels and its value at each hour, undefined where it has none. */
type TestSeries = readonly [labels: Labels, value: (hour: number) => number | undefined];

/** A server that answers from functions, and writes down what it was asked. */
function createServer(answers: Readonly<Record<string, readonly TestSeries[]>>) {
  const asked: { expr: string; fromMs: number; toMs: number }[] = [];
  const failing = new Set<string>();
  const ask: QueryRange = (expr, { fromMs, toMs, stepMs, signal }) => {
    asked.push({ expr, fromMs, toMs });
    signal.throwIfAborted();
    if (failing.has(expr)) return Promise.reject(new Error('connection refused'));
    const series = (answers[expr] ?? []).flatMap(([labels, value]): QueriedSeries[] => {
      const points: [number, number][] = [];
      for (let atMs = fromMs; atMs <= toMs; atMs += stepMs) {
        const at = value((atMs - START) / HOUR);
        if (at !== undefined) points.push([atMs, at]);
      }
      if (points.length === 0) return [];
      const column = (n: 0 | 1) => Float64Array.from(points, (point) => point[n]);
      return [{ labels, timesMs: column(0), values: column(1) }];
    });
    return Promise.resolve({ series, warnings: [] });
  };
  return { ask, asked, failing };
}

const memory: WatchedQuery = {
  detector: 'memory',
  settings: PROFILES.memory,
  query: 'memory',
  limit: 4 * GIB,
};
const leak = (hour: number): number => (1 + 0.05 * hour) * GIB;

function createWatch(ask: QueryRange, changes: Partial<QueryWatchOptions> = {}) {
  const problems: string[] = [];
  const watch = createQueryWatch({
    query: memory,
    ask,
    stepMs: MINUTE,
    shard: WHOLE,
    room: { most: 100, taken: 0 },
    forgetMs: 24 * HOUR,
    timeoutMs: 5000,
    breathe: () => Promise.resolve(),
    onProblem: (text) => problems.push(text),
    ...changes,
  });
  const advance = (toHour: number, signal = new AbortController().signal): Promise<void> =>
    watch.advance({
      fromMs: START,
      toMs: START + toHour * HOUR,
      pace: evaluationPace(HOUR / 4),
      signal,
    });
  const states = (): Record<string, string | undefined> =>
    Object.fromEntries([...watch.series()].map(({ labels, verdict }) => [labels['i'], verdict?.state]));
  return { watch, advance, states, problems };
}

describe('a watched query', () => {
  it('asks for every sample exactly once, in longer and longer pieces, and then for what is new', async () => {
    const server = createServer({ memory: [[{ i: 'a' }, leak]] });
    const { watch, advance } = createWatch(server.ask);
    await advance(30);
    await advance(30.25);
    const grid = server.asked.flatMap(({ fromMs, toMs }) =>
      Array.from({ length: (toMs - fromMs) / MINUTE + 1 }, (_, n) => (fromMs - START) / MINUTE + n),
    );
    expect(grid).toEqual(Array.from({ length: 30.25 * 60 + 1 }, (_, n) => n));
    expect(server.asked.map(({ fromMs, toMs }) => (toMs - fromMs) / MINUTE)).toEqual([59, 239, 959, 540, 14]);
    expect(watch.knownToMs()).toBe(START + 30.25 * HOUR);
    // The same call again has nothing to ask for.
    await advance(30.25);
    expect(server.asked).toHaveLength(5);
  }, 30_000);

  it('finds the leak and leaves its healthy twin alone', async () => {
    const server = createServer({
      memory: [
        [{ i: 'leaky' }, leak],
        [{ i: 'healthy' }, (hour) => (1.5 + 0.1 * Math.sin(hour)) * GIB],
      ],
    });
    const { advance, states } = createWatch(server.ask);
    await advance(40);
    expect(states()).toEqual({ leaky: 'urgent', healthy: 'none' });
  }, 30_000);

  it('goes on after a failure from where it was, without a gap', async () => {
    const server = createServer({ memory: [[{ i: 'a' }, leak]] });
    const { watch, advance, states } = createWatch(server.ask);
    await advance(20);
    server.failing.add('memory');
    await expect(advance(30)).rejects.toThrow('query: connection refused');
    expect(watch.knownToMs()).toBe(START + 20 * HOUR);
    server.failing.clear();
    await advance(40);
    expect(states()).toEqual({ a: 'urgent' });
    const answered = server.asked.filter(({ fromMs }) => fromMs > START + 20 * HOUR);
    expect(answered.at(0)?.fromMs).toBe(START + 20 * HOUR + MINUTE);
  }, 30_000);

  it('takes nothing in where a part of it fails: its verdict would be wrong', async () => {
    const server = createServer({ memory: [[{ i: 'a' }, leak]], load: [] });
    server.failing.add('load');
    const { watch, advance } = createWatch(server.ask, { query: { ...memory, loadQuery: 'load' } });
    await expect(advance(1)).rejects.toThrow('load query: connection refused');
    expect(watch.knownToMs()).toBeUndefined();
    expect([...watch.series()]).toEqual([]);
  });

  it('asks for shorter pieces when a server refuses long ones', async () => {
    const server = createServer({ memory: [[{ i: 'a' }, leak]] });
    const ask: QueryRange = (expr, range) =>
      range.toMs - range.fromMs > 20 * MINUTE
        ? Promise.reject(new Error('422 too many samples'))
        : server.ask(expr, range);
    const { watch, advance } = createWatch(ask);
    await advance(3);
    expect(watch.knownToMs()).toBe(START + 3 * HOUR);
  });

  it('shows limit, load and start of each series to its detector', async () => {
    const a = { job: 'mcp', i: 'a' };
    const server = createServer({
      memory: [
        [{ ...a, kind: 'pss' }, (hour) => (1 + 0.02 * hour) * GIB],
        [{ job: 'mcp', i: 'b' }, () => GIB],
      ],
      limit: [[a, () => 2 * GIB]],
      load: [[{}, () => 50]],
      start: [[a, (hour) => (START + (hour < 10 ? -3 : 10) * HOUR) / 1000]],
    });
    const { limit: _, ...unlimited } = memory;
    const { watch, advance, problems } = createWatch(server.ask, {
      query: { ...unlimited, limitQuery: 'limit', loadQuery: 'load', startQuery: 'start' },
    });
    await advance(20);
    const [first, second] = [...watch.series()];
    expect(first?.verdict).toMatchObject({ limit: 2 * GIB, restarts: 1 });
    expect(first?.detector.evidence()).toMatchObject({
      restartsMs: [START + 10 * HOUR],
      points: expect.arrayContaining([expect.objectContaining({ load: 50 })]),
    });
    expect(second?.detector.evidence().limit).toBeUndefined();
    expect(problems).toEqual([
      'limit query: want a series for each, got none for {i="b",job="mcp"}',
      'start query: want a series for each, got none for {i="b",job="mcp"}',
    ]);
  }, 30_000);

  it('says which series it cannot join', async () => {
    const server = createServer({
      memory: [[{ i: 'a' }, leak]],
      load: [
        [{ i: 'a', tool: 'x' }, () => 1],
        [{ i: 'a', tool: 'y' }, () => 1],
      ],
    });
    const { advance, problems } = createWatch(server.ask, { query: { ...memory, loadQuery: 'load' } });
    await advance(1);
    expect(problems).toEqual([
      'load query: want one series for each, got 2 for {i="a"}; aggregate it, or name the labels to join on',
    ]);
  });

  it('concludes no more of a series that ended, forgets it, and gives its room to another', async () => {
    const server = createServer({
      memory: [
        [{ i: 'old' }, (hour) => (hour < 20 ? leak(hour) : undefined)],
        [{ i: 'new' }, (hour) => (hour < 30 ? undefined : GIB)],
      ],
    });
    const room = { most: 1, taken: 0 };
    const { watch, advance, states } = createWatch(server.ask, { room, forgetMs: 12 * HOUR });
    await advance(24);
    const [old] = [...watch.series()];
    expect(old?.lastMs).toBe(START + 20 * HOUR - MINUTE);
    expect(old?.verdict?.atMs).toBe(START + 20 * HOUR);
    await advance(31);
    expect([Object.keys(states()), watch.refused()]).toEqual([['old'], 1]);
    await advance(33);
    await advance(34);
    expect([Object.keys(states()), watch.refused(), room.taken]).toEqual([['new'], 0, 1]);
  }, 30_000);

  it('leaves out values that are no numbers', async () => {
    const server = createServer({
      memory: [
        [{ i: 'a' }, (hour) => (Math.round(hour * 60) % 7 === 0 ? NaN : leak(hour))],
        [{ i: 'never' }, () => NaN],
      ],
    });
    const { advance, states } = createWatch(server.ask);
    await advance(40);
    expect(states()).toEqual({ a: 'urgent' });
  }, 30_000);

  it('shares its series among shards, each of them once', async () => {
    const all = Array.from({ length: 200 }, (_, n): TestSeries => [{ i: String(n) }, () => GIB]);
    const server = createServer({ memory: all });
    const found: string[] = [];
    for (let index = 1; index <= 3; index++) {
      const { advance, states } = createWatch(server.ask, {
        shard: { index, count: 3 },
        room: { most: 1000, taken: 0 },
      });
      await advance(0.5);
      found.push(...Object.keys(states()));
    }
    expect(found.toSorted()).toEqual(all.map(([labels]) => labels['i'] ?? '').toSorted());
  }, 30_000);

  it('stops between two pieces when it is told to', async () => {
    const server = createServer({ memory: [[{ i: 'a' }, leak]] });
    const stop = new AbortController();
    const { advance } = createWatch((expr, range) => {
      stop.abort(new Error('stopped'));
      return server.ask(expr, { ...range, signal: new AbortController().signal });
    });
    await expect(advance(40, stop.signal)).rejects.toThrow('stopped');
    expect(server.asked).toHaveLength(1);
  });
});
