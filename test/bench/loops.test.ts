import { describe, expect, it } from '@jest/globals';
import { runClosedLoop } from '../../src/bench/closed-loop.ts';
import { runOpenLoop } from '../../src/bench/open-loop.ts';
import { createRecorder } from '../../src/bench/recorder.ts';
import type { CallOutcome } from '../../src/mcp/call-outcome.ts';
import { emptyFacts } from '../../src/mcp/message-facts.ts';
import { simulatedCallers, simulatedParts } from './simulated-server.ts';
import { createVirtualTime } from './virtual-time.ts';

const steady = (perSecond: number, durationMs: number) => [
  { name: 'steady', fromPerSecond: perSecond, toPerSecond: perSecond, durationMs },
];
const REFUSED: CallOutcome = { kind: 'unreachable', errorType: 'connection_refused' };
const LIMITED: CallOutcome = { kind: 'http', statusCode: 429 };
const TOOL_ERROR: CallOutcome = {
  kind: 'answer',
  facts: { ...emptyFacts(), id: 'n1', hasResult: true, isError: true },
};

describe('an open loop', () => {
  it('lets requests wait for one of those under way when as many as may be are, and counts from when they were due', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 5, { serviceMs: () => 1000 });
    const { parts, calls } = simulatedParts(time, callers, { maxInFlight: 10 });
    const end = await time.runUntil(runOpenLoop(parts, steady(20, 2000), 0));
    // Ten a second can be served: the last ten of 40, due from 1.5 s on, start at 3 s.
    expect(calls).toHaveLength(40);
    expect(Math.max(...calls.map((call) => call.endMs - call.dueMs))).toBeCloseTo(2500, -2);
    expect(end.peakInFlight).toBe(10);
    expect(end.lateStarts.requests).toBe(30);
    expect(end.lateStarts.maxMs).toBeCloseTo(1500, -2);
  });

  it('counts a request as timed out that is not answered in time, or that could not even be sent', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 5, { serviceMs: () => 60_000 });
    const { parts, calls } = simulatedParts(time, callers, { maxInFlight: 5, timeoutMs: 1000 });
    await time.runUntil(runOpenLoop(parts, steady(10, 3000), 0));
    expect(calls).toHaveLength(30);
    expect(new Set(calls.map((call) => call.kind))).toEqual(new Set(['timeout']));
    expect(Math.min(...calls.map((call) => call.endMs - call.dueMs))).toBeGreaterThanOrEqual(1000);
  });

  it('discards what was due in the warm-up', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 5, { serviceMs: (at) => (at < 2000 ? 500 : 5) });
    const { parts, calls } = simulatedParts(time, callers);
    await time.runUntil(runOpenLoop(parts, steady(100, 5000), 2000));
    expect(calls).toHaveLength(300);
    expect(Math.max(...calls.map((call) => call.endMs - call.dueMs))).toBeLessThan(600);
    expect(Math.min(...calls.map((call) => call.dueMs))).toBeCloseTo(0, 5);
  });

  it('leaves users alone for as long as the server asked when it is told to', async () => {
    const limited = { serviceMs: () => 1, outcome: (i: number) => (i < 4 ? LIMITED : undefined) };
    const run = async (honorRetryAfter: boolean) => {
      const time = createVirtualTime();
      const callers = simulatedCallers(time, 4, {
        ...limited,
        retryAfterMs: (i) => (i < 4 ? 1000 : undefined),
      });
      const { parts, calls } = simulatedParts(time, callers, { honorRetryAfter });
      const { heldBack } = await time.runUntil(runOpenLoop(parts, steady(100, 2000), 0));
      return { requests: calls.length, heldBack };
    };
    expect(await run(false)).toEqual({ requests: 200, heldBack: 0 });
    const honoured = await run(true);
    expect(honoured.heldBack).toBeGreaterThan(90);
    expect(honoured.requests + honoured.heldBack).toBe(200);
  });

  it('does not count what was held back in the warm-up', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 4, {
      serviceMs: () => 1,
      outcome: (i) => (i < 4 ? LIMITED : undefined),
      retryAfterMs: (i) => (i < 4 ? 1000 : undefined),
    });
    const { parts } = simulatedParts(time, callers, { honorRetryAfter: true });
    expect(await time.runUntil(runOpenLoop(parts, steady(100, 4000), 2000))).toMatchObject({ heldBack: 0 });
  });

  it('says of a request that could not even be sent that it never was, so that no service time is made of it', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 5, { serviceMs: () => 60_000 });
    const recorder = createRecorder({
      rows: 1,
      stageEndsMs: [3000],
      sliceMs: undefined,
      hourMs: undefined,
      keep: [],
    });
    const { parts } = simulatedParts(time, callers, {
      maxInFlight: 5,
      timeoutMs: 1000,
      record: recorder.record,
    });
    await time.runUntil(runOpenLoop(parts, steady(10, 3000), 0));
    expect(recorder.total.requests()).toBe(30);
    expect(recorder.serviceTime.count()).toBeLessThan(30);
    expect(recorder.serviceTime.summary()?.minMs).toBeGreaterThanOrEqual(1000);
  });

  const reasons: readonly [string, Parameters<typeof simulatedParts>[2], CallOutcome, RegExp][] = [
    [
      'too many errors',
      { abort: { errorRatio: 0.5, connectionFailures: 1000 } },
      TOOL_ERROR,
      /^want at most 50 % errors, got 100 % in the last seconds$/,
    ],
    [
      'a server that cannot be reached',
      {},
      REFUSED,
      /^want a server that can be reached, got \d{3} failed connections one after another$/,
    ],
  ];
  it.each(reasons)('ends before its time for %s', async (_why, own, outcome, text) => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 5, { serviceMs: () => 2, outcome: () => outcome });
    const { parts, calls } = simulatedParts(time, callers, own);
    const { end } = await time.runUntil(runOpenLoop(parts, steady(100, 60_000), 0));
    expect(end).toEqual({ how: 'aborted', why: expect.stringMatching(text) });
    expect(calls.length).toBeLessThan(700);
  });

  it('ends before its time for a P99 beyond what is stood', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 5, { serviceMs: (at) => (at > 5000 ? 900 : 2) });
    const { parts } = simulatedParts(time, callers, { abort: { p99Ms: 500, connectionFailures: 50 } });
    const { end } = await time.runUntil(runOpenLoop(parts, steady(100, 60_000), 0));
    expect(end).toEqual({
      how: 'aborted',
      why: expect.stringMatching(/^want a P99 of at most 500 ms, got \d+ ms/),
    });
    expect(time.nowMs()).toBeLessThan(10_000);
  });

  it('ends at once when it is asked to, with what there is, and does not count what it gave up', async () => {
    const time = createVirtualTime();
    const ended = new AbortController();
    const callers = simulatedCallers(time, 5, { serviceMs: (at) => (at > 900 ? 60_000 : 2) });
    const { parts, calls } = simulatedParts(time, callers, { signal: ended.signal });
    time.at(1100, () => ended.abort(new Error('Ctrl-C after 1 s')));
    const { end } = await time.runUntil(runOpenLoop(parts, steady(100, 60_000), 0));
    expect(end).toEqual({ how: 'interrupted', why: 'Ctrl-C after 1 s' });
    expect(calls.map((call) => call.kind)).toEqual(calls.map(() => 'ok'));
    expect(calls.length).toBeGreaterThan(70);
    // What was under way is waited for, but not for long.
    expect(time.nowMs()).toBeLessThan(3500);
  });

  it('leaves no timer behind when it is asked to end while the last answers are waited for', async () => {
    const time = createVirtualTime();
    const ended = new AbortController();
    const callers = simulatedCallers(time, 5, { serviceMs: () => 300_000 });
    const { parts } = simulatedParts(time, callers, { signal: ended.signal });
    time.at(2500, () => ended.abort(new Error('Ctrl-C')));
    const { end } = await time.runUntil(runOpenLoop(parts, steady(10, 1000), 0));
    expect(end).toMatchObject({ how: 'interrupted' });
    // All that is left to come is of the simulated server: calls that are being given up, and what it would have answered.
    const later = time.pendingMs().filter((atMs) => atMs > time.nowMs() && atMs < 300_000);
    expect(later).toEqual([]);
  });
});

describe('a closed loop', () => {
  const order = { name: 'x', rampUpMs: 0, thinkTimeMs: 0, isMeasured: true, durationMs: undefined } as const;

  it('makes as many requests as it is told to, as fast as its users can', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 10, { serviceMs: () => 20 });
    const { parts, calls } = simulatedParts(time, callers);
    await time.runUntil(runClosedLoop(parts, { ...order, users: 10, requests: 1005 }));
    expect(calls).toHaveLength(1005);
    expect(Math.max(...calls.map((call) => call.endMs))).toBeCloseTo(101 * 20, 0);
  });

  it('lets users think between an answer and the next request, and begin one after another', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 4, { serviceMs: () => 100 });
    const { parts, calls } = simulatedParts(time, callers);
    const slow = {
      ...order,
      users: 4,
      requests: undefined,
      durationMs: 10_000,
      thinkTimeMs: 900,
      rampUpMs: 4000,
    };
    await time.runUntil(runClosedLoop(parts, slow));
    // Users begin after 0, 1, 2 and 3 s and make a request a second.
    expect(calls).toHaveLength(10 + 9 + 8 + 7);
  });

  it('ends at its time, and with no timer left, though the server asks to be left alone for an hour', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 3, {
      serviceMs: () => 10,
      outcome: () => LIMITED,
      retryAfterMs: () => 3_600_000,
    });
    const { parts, calls } = simulatedParts(time, callers, { honorRetryAfter: true });
    const byTime = { ...order, users: 3, requests: undefined, durationMs: 5000 };
    const { end } = await time.runUntil(runClosedLoop(parts, byTime));
    expect(end).toEqual({ how: 'complete' });
    expect(calls).toHaveLength(3);
    expect(time.nowMs()).toBe(5000);
    expect(time.pendingMs()).toEqual([]);
  });

  it('leaves no timer behind when it is asked to end while users think or have not begun', async () => {
    const time = createVirtualTime();
    const ended = new AbortController();
    const callers = simulatedCallers(time, 4, { serviceMs: () => 10 });
    const { parts } = simulatedParts(time, callers, { signal: ended.signal });
    time.at(1000, () => ended.abort(new Error('Ctrl-C')));
    const slow = { ...order, users: 4, requests: 100, rampUpMs: 60_000, thinkTimeMs: 30_000 };
    const { end } = await time.runUntil(runClosedLoop(parts, slow));
    expect(end).toMatchObject({ how: 'interrupted' });
    expect(time.pendingMs()).toEqual([]);
  });

  it('does not take a time-out behind the server, which its answer tells of, for a server that cannot be reached', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 1, { serviceMs: () => 10, outcome: () => TOOL_ERROR });
    const kindOf = () => 'connection_timeout';
    const { parts, calls } = simulatedParts(time, callers, { kindOf });
    await time.runUntil(runClosedLoop(parts, { ...order, users: 1, requests: 100 }));
    expect(calls).toHaveLength(100);
    expect(time.nowMs()).toBeCloseTo(1000, 0);
  });

  it('does not spin against a server that cannot be reached', async () => {
    const time = createVirtualTime();
    const callers = simulatedCallers(time, 1, { serviceMs: () => 0, outcome: () => REFUSED });
    const { parts, calls } = simulatedParts(time, callers);
    const { end } = await time.runUntil(runClosedLoop(parts, { ...order, users: 1, requests: 1_000_000 }));
    expect(end).toMatchObject({ how: 'aborted' });
    expect(time.nowMs()).toBeGreaterThanOrEqual(49 * 100);
    expect(calls.length).toBeLessThan(60);
  });
});
