import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeArchive } from '../../src/history/series-archive.ts';
import { openState } from '../../src/history/state-file.ts';
import { USUAL_PACE } from '../../src/model/detector-pace.ts';
import type { Sample } from '../../src/model/sample.ts';
import { select, total } from '../harness/exposition.ts';
import {
  configOf,
  createHandClock,
  GIB,
  HOUR_MS,
  MIB,
  MINUTE_MS,
  processSamples,
  startStage,
  type HandClock,
} from './detector-stage.ts';

// Disks may be slow to say that they have written.
jest.setTimeout(60_000);

const memory = { detector: 'memory', series: '' };
let folder: string;
let directory: string;
let clock: HandClock;
let bornMs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-history-'));
  directory = join(folder, 'state');
  clock = createHandClock();
  bornMs = clock.wallMs();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A server that goes on leaking, whatever becomes of the sidecar. */
const leaking = (): readonly Sample[] => {
  const ageMs = clock.wallMs() - bornMs;
  const bytes = 300 * MIB + (66 * MIB * ageMs) / HOUR_MS + 2 * MIB * Math.sin(ageMs);
  return processSamples(bytes, bornMs / 1000, 3 * GIB);
};

const start = (saveMs = 3 * HOUR_MS) =>
  startStage(configOf('--state', directory), clock, { ...USUAL_PACE, saveMs });
const watchedHours = async (stage: Awaited<ReturnType<typeof start>>): Promise<number> =>
  total(await stage.page(), 'mcp_detector_watched_seconds', memory) / 3600;

describe('the history of the detectors', () => {
  it('outlives the sidecar: a leak is found in the hours before and after its restart', async () => {
    const first = await start();
    await first.play(10 * HOUR_MS, leaking);
    expect(total(await first.page(), 'mcp_vitals_state_last_write_timestamp_seconds')).toBeGreaterThan(0);
    await first.stop();
    clock.pass(10 * MINUTE_MS);

    const second = await start();
    await second.play(20 * MINUTE_MS, leaking);
    expect(await watchedHours(second)).toBeGreaterThan(9.5);
    await second.play(8 * HOUR_MS, leaking);
    expect(second.lines.at(-1)).toMatch(/^warn detector memory: (ticket|urgent): grows 6\d/);
    await second.stop();

    const third = await start();
    await third.play(20 * MINUTE_MS, leaking);
    expect(total(await third.page(), 'mcp_detector_state', memory)).toBeGreaterThanOrEqual(2);
    // The same process all the while.
    const [told] = (third.report() as { series: { verdict: { restarts: number } }[] }).series;
    expect(told?.verdict.restarts).toBe(0);
    await third.stop();
  });

  it('is lost by five minutes at most where the sidecar is killed', async () => {
    const killed = await start(USUAL_PACE.saveMs);
    await killed.play(2 * HOUR_MS + 4 * MINUTE_MS, leaking);
    // No stop: this is what the next one finds.
    const next = await start();
    await next.play(20 * MINUTE_MS, leaking);
    expect(await watchedHours(next)).toBeGreaterThan(2);
    await next.stop();
    await killed.stop();
  });

  it('is small', async () => {
    const stage = await start();
    await stage.play(40 * HOUR_MS, leaking, 5 * MINUTE_MS);
    await stage.stop();
    const bytes = await openState(directory, { clock, log: () => undefined }).readState('detectors');
    const archive = decodeArchive(bytes ?? new Uint8Array());
    expect(archive.map(({ detector }) => detector)).toEqual(['memory', 'sessions']);
    for (const { bytes: memoryBytes } of archive) expect(memoryBytes.length).toBeLessThan(10_000);
  });

  it('that is damaged is set aside, and the sidecar begins anew', async () => {
    const first = await start();
    await first.play(HOUR_MS, leaking);
    await first.stop();
    const file = join(directory, 'detectors');
    writeFileSync(file, readFileSync(file).subarray(0, 500));
    const second = await start();
    await second.play(20 * MINUTE_MS, leaking);
    expect(second.lines).toEqual([
      expect.stringMatching(
        /^warn state detectors: want a whole file, got a damaged one; it is set aside as detectors\.damaged-/,
      ),
    ]);
    expect(await watchedHours(second)).toBeLessThan(0.5);
    await second.stop();
    expect(readdirSync(directory)).toHaveLength(2);
  });

  it('of another version, or of a detector that cannot use it, is told and left', async () => {
    const state = openState(directory, { clock, log: () => undefined });
    await state.writeState('detectors', Buffer.from([9, 0, 0, 0, 0, 0]));
    const first = await start();
    await first.play(HOUR_MS, leaking);
    expect(first.lines).toEqual(['warn detectors: begin anew: archive of series: want version 1, got 9']);
    await first.stop();
    const bytes = Buffer.from((await state.readState('detectors')) ?? []);
    // The memory of the first series, not what is around it.
    bytes.fill(255, 60, 400);
    await state.writeState('detectors', bytes);
    const second = await start();
    await second.play(20 * MINUTE_MS, leaking);
    expect(second.lines).toEqual([
      expect.stringMatching(/^warn detector memory: begins anew: detector history: want /),
    ]);
    await second.stop();
  });

  it('of a series that was not seen again stays, for eight days', async () => {
    const names = async (): Promise<readonly string[]> => {
      const bytes = await openState(directory, { clock, log: () => undefined }).readState('detectors');
      return decodeArchive(bytes ?? new Uint8Array()).map(({ detector }) => detector);
    };
    const first = await start();
    await first.play(HOUR_MS, leaking);
    await first.stop();
    const second = await start();
    await second.play(HOUR_MS, () => []);
    await second.stop();
    expect(await names()).toEqual(['memory', 'sessions']);
    clock.pass(9 * 24 * HOUR_MS);
    const third = await start();
    await third.play(HOUR_MS, () => []);
    await third.stop();
    expect(await names()).toEqual(['sessions']);
  });

  it('that cannot be written costs a line and shows in a metric', async () => {
    writeFileSync(directory, '');
    const stage = await start(USUAL_PACE.saveMs);
    await stage.play(HOUR_MS, leaking);
    const page = await stage.page();
    expect(total(page, 'mcp_vitals_state_write_failures_total')).toBeGreaterThan(5);
    expect(select(page, 'mcp_vitals_state_last_write_timestamp_seconds')).toEqual([]);
    expect(total(page, 'mcp_detector_evaluations_total')).toBe(4);
    await stage.stop();
    expect(stage.lines).toEqual([`warn state ${directory}: want it written, got: it is not a directory`]);
  });
});
