import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/model/clock.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { Source, SourceReading } from '../../src/model/source.ts';
import { runSource } from '../../src/sources/run-source.ts';
import type { RunningSource, RunSourceOptions } from '../../src/sources/run-source.ts';
import { eventually } from '../harness/eventually.ts';

const one: readonly Sample[] = [{ name: 'mcp_redis_clients', labels: {}, value: 1 }];
const hourMs = 3_600_000;

let running: RunningSource | undefined;
afterEach(() => running?.stop());

/** Runs a source whose `read` is given, and keeps what was reported. */
function run(read: Source['read'], options: Partial<RunSourceOptions> = {}) {
  const readings: SourceReading[] = [];
  const errors: unknown[] = [];
  let stops = 0;
  running = runSource({
    name: 'redis',
    source: {
      read,
      stop: async () => {
        stops += 1;
      },
    },
    intervalMs: hourMs,
    timeoutMs: 10_000,
    clock: systemClock,
    onReading: (reading) => readings.push(reading),
    onError: (error) => errors.push(error),
    ...options,
  });
  return { running, readings, errors, stops: () => stops };
}

const reasons = (readings: readonly SourceReading[]) =>
  readings.map((reading) => (reading.ok ? 'ok' : reading.reason));

describe('runSource', () => {
  it('reads at once and reports samples, time and duration by the clock it was given', async () => {
    let nowMs = 100;
    const clock = { nowMs: () => nowMs, wallMs: () => 1_700_000_000_000 };
    const read = async () => {
      nowMs += 25;
      return one;
    };
    const { readings, running: source } = run(read, { clock });
    await source.readNow();
    expect(readings).toEqual([
      { source: 'redis', wallMs: 1_700_000_000_000, durationMs: 25, ok: true, samples: one },
    ]);
  });

  it('reads again and again, and never two at once', async () => {
    let [reads, under, most] = [0, 0, 0];
    const read = async () => {
      reads += 1;
      under += 1;
      most = Math.max(most, under);
      await sleep(30);
      under -= 1;
      return one;
    };
    const { readings } = run(read, { intervalMs: 5 });
    await eventually(() => expect(readings.length).toBeGreaterThan(3));
    expect(most).toBe(1);
    expect(reads - readings.length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['a rejection', () => Promise.reject(new Error('redis db:6379: connection refused'))],
    [
      'a throw',
      () => {
        throw new Error('redis db:6379: connection refused');
      },
    ],
  ])('reports %s as a failed reading and reads on', async (_, fail) => {
    let reads = 0;
    const read = () => {
      reads += 1;
      return reads === 1 ? fail() : Promise.resolve(one);
    };
    const { readings, errors, running: source } = run(read);
    await source.readNow();
    await source.readNow();
    expect(reasons(readings)).toEqual(['redis db:6379: connection refused', 'ok']);
    expect(errors).toEqual([]);
  });

  it('gives up at the deadline on a source that ignores the signal, and reads anew only when it has let go', async () => {
    const hung = Promise.withResolvers<readonly Sample[]>();
    const signals: AbortSignal[] = [];
    const read = (signal: AbortSignal) => {
      signals.push(signal);
      return signals.length === 1 ? hung.promise : Promise.resolve(one);
    };
    const { readings, errors } = run(read, { intervalMs: 20, timeoutMs: 50 });
    await eventually(() => expect(readings.length).toBeGreaterThan(3));
    expect(new Set(reasons(readings))).toEqual(new Set(['want an answer within 50ms, got none']));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    const late = readings.length;
    hung.resolve([{ name: 'mcp_redis_clients', labels: {}, value: 99 }]);
    await eventually(() => expect(reasons(readings)).toContain('ok'));
    expect(reasons(readings.slice(late)).filter((reason) => reason !== 'ok').length).toBeLessThan(2);
    // What came too late is not reported.
    expect(readings.filter((reading) => reading.ok && reading.samples !== one)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('names the deadline in seconds where it is whole', async () => {
    const { readings } = run(() => new Promise(() => undefined), { timeoutMs: 1000 });
    await eventually(() => expect(reasons(readings)).toEqual(['want an answer within 1s, got none']));
  });

  it('ends a reading that heeds the signal, once', async () => {
    const read = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cut')));
      });
    const { readings, running: source } = run(read, { timeoutMs: 20 });
    await source.readNow();
    await sleep(20);
    expect(reasons(readings)).toEqual(['want an answer within 20ms, got none']);
  });

  it('tells what onReading threw and goes on', async () => {
    const thrown = new Error('recorder');
    const { errors, running: source } = run(async () => one, {
      onReading: () => {
        throw thrown;
      },
    });
    await source.readNow();
    await source.readNow();
    expect(errors).toEqual([thrown, thrown]);
  });

  it('stops: aborts what is under way, waits for it, lets go of the source once, reports nothing more', async () => {
    const order: string[] = [];
    const read = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          order.push('aborted');
          setTimeout(() => {
            order.push('settled');
            reject(new Error('aborted'));
          }, 20);
        });
      });
    const stop = async () => void order.push('stopped');
    const { readings, errors, running: source } = run(read, { source: { read, stop }, intervalMs: 5 });
    await Promise.all([source.stop(), source.stop()]);
    await source.readNow();
    await sleep(20);
    expect(order).toEqual(['aborted', 'settled', 'stopped']);
    expect([readings, errors]).toEqual([[], []]);
  });

  it('stops within the timeout even if neither reading nor source ends, and tells what stop threw', async () => {
    const never = () => new Promise<never>(() => undefined);
    await run(never, { source: { read: never, stop: never }, timeoutMs: 20 }).running.stop();
    const thrown = new Error('stop');
    const { errors, running: source } = run(async () => one, {
      source: { read: async () => one, stop: () => Promise.reject(thrown) },
    });
    await source.stop();
    expect(errors).toEqual([thrown]);
  });

  it('keeps no process alive', async () => {
    const program = `
      import { runSource } from ${JSON.stringify(new URL('../../src/sources/run-source.ts', import.meta.url).href)};
      const clock = { nowMs: () => 0, wallMs: () => 0 };
      const source = { read: () => new Promise(() => {}), stop: async () => {} };
      runSource({ name: 'x', source, intervalMs: 3e6, timeoutMs: 3e6, clock, onReading() {}, onError() {} });`;
    const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 30_000,
    });
    await expect(child).resolves.toMatchObject({ stderr: '' });
  });
});
