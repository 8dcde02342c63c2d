import { beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from '@prometheus-io/client';
import { createSampleBoard, type SampleBoard } from '../../src/metrics/sample-board.ts';
import { createSourceRecorder } from '../../src/metrics/source-metrics.ts';
import { SAMPLE_METRICS, type Sample } from '../../src/model/sample.ts';
import type { SourceReading } from '../../src/model/source.ts';

const hitRate = (type: string, value: number): Sample => ({
  name: 'cache_hit_rate',
  labels: { cache_type: type },
  value,
});
const threads: Sample = { name: 'mcp_process_threads', labels: {}, value: 7 };
const evictions = (value: number): Sample => ({ name: 'mcp_redis_evicted_keys_total', labels: {}, value });

let registry: Registry;
let board: SampleBoard;
let clashes: string[];

beforeEach(() => {
  registry = new Registry();
  clashes = [];
  board = createSampleBoard(registry, (text) => clashes.push(text));
});

/** The samples on the page, without comments. */
async function page(): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the board', () => {
  it('describes every metric and shows no sample while nothing was measured', async () => {
    expect(await page()).toEqual([]);
    const described = await registry.metrics();
    for (const name of Object.keys(SAMPLE_METRICS)) expect(described).toContain(`# TYPE ${name} `);
  });

  it('shows what was measured last, and no more than that', async () => {
    board.put('redis', [hitRate('redis', 0.5), evictions(3)]);
    board.put('process', [threads]);
    expect(await page()).toEqual([
      'cache_hit_rate{cache_type="redis"} 0.5',
      'mcp_process_threads 7',
      'mcp_redis_evicted_keys_total 3',
    ]);
    board.put('redis', [evictions(4)]);
    expect(await page()).toEqual(['mcp_process_threads 7', 'mcp_redis_evicted_keys_total 4']);
    board.clear('process');
    expect(await page()).toEqual(['mcp_redis_evicted_keys_total 4']);
  });

  it('shows a counter that began anew at its own value', async () => {
    board.put('redis', [evictions(90)]);
    await page();
    board.put('redis', [evictions(2)]);
    expect(await page()).toEqual(['mcp_redis_evicted_keys_total 2']);
  });

  it('measures what is live at each exposition', async () => {
    let value = 0.1;
    board.putLive('tap', 'cache_hit_rate', () => [hitRate('tap', value)]);
    expect(await page()).toEqual(['cache_hit_rate{cache_type="tap"} 0.1']);
    value = 0.2;
    expect(await page()).toEqual(['cache_hit_rate{cache_type="tap"} 0.2']);
  });

  it.each<[string, string]>([
    ['redis', 'scrape'],
    ['postgres', 'prometheus'],
    ['database', 'process'],
    ['prometheus', 'another'],
    ['another', 'more'],
  ])('shows what %s measured, not %s, whoever came first and whatever failed', async (winner, loser) => {
    board.put(loser, [hitRate('l1', 0.9)]);
    expect(await page()).toEqual(['cache_hit_rate{cache_type="l1"} 0.9']);
    board.put(winner, [hitRate('l1', 0.5)]);
    expect(await page()).toEqual(['cache_hit_rate{cache_type="l1"} 0.5']);
    board.clear(winner);
    expect(await page()).toEqual(['cache_hit_rate{cache_type="l1"} 0.9']);
    board.put(winner, [hitRate('l1', 0.6)]);
    board.put(loser, [hitRate('l1', 0.8)]);
    expect(await page()).toEqual(['cache_hit_rate{cache_type="l1"} 0.6']);
    expect(clashes).toEqual([
      `cache_hit_rate [["cache_type","l1"]]: want one source, got ${winner} and ${loser}`,
    ]);
  });

  it('takes the ranks that it is given', async () => {
    const own = new Registry();
    const reversed = createSampleBoard(own, () => undefined, ['scrape', 'redis']);
    reversed.put('redis', [hitRate('l1', 0.5)]);
    reversed.put('scrape', [hitRate('l1', 0.9)]);
    expect(reversed.samplesOf('cache_hit_rate')).toEqual([hitRate('l1', 0.9)]);
  });

  it('leaves out the second of two sources that fill one series, and says so once', async () => {
    board.put('redis', [hitRate('l1', 0.5)]);
    board.put('scrape', [hitRate('l1', 0.9), hitRate('l2', 0.7)]);
    for (const _ of [1, 2]) {
      expect(await page()).toEqual([
        'cache_hit_rate{cache_type="l1"} 0.5',
        'cache_hit_rate{cache_type="l2"} 0.7',
      ]);
    }
    expect(clashes).toEqual(['cache_hit_rate [["cache_type","l1"]]: want one source, got redis and scrape']);
  });
});

describe('the record of the sources', () => {
  const at = { source: 'redis', wallMs: 1_700_000_000_500, durationMs: 12 };
  const success: SourceReading = { ...at, ok: true, samples: [hitRate('redis', 0.5)] };
  const failure: SourceReading = { ...at, wallMs: at.wallMs + 60_000, ok: false, reason: 'refused' };

  it('is there after the first reading', async () => {
    createSourceRecorder(registry, board).reading(success);
    expect(await page()).toEqual([
      'cache_hit_rate{cache_type="redis"} 0.5',
      'mcp_vitals_source_up{source="redis"} 1',
      'mcp_vitals_source_duration_seconds{source="redis"} 0.012',
      'mcp_vitals_source_readings_total{source="redis",result="success"} 1',
      'mcp_vitals_source_readings_total{source="redis",result="failure"} 0',
      'mcp_vitals_source_last_success_timestamp_seconds{source="redis"} 1700000000.5',
    ]);
  });

  it('takes the samples of a source down that could not be read, and says so', async () => {
    const recorder = createSourceRecorder(registry, board);
    recorder.reading(success);
    recorder.reading(failure);
    expect(await page()).toEqual([
      'mcp_vitals_source_up{source="redis"} 0',
      'mcp_vitals_source_duration_seconds{source="redis"} 0.012',
      'mcp_vitals_source_readings_total{source="redis",result="success"} 1',
      'mcp_vitals_source_readings_total{source="redis",result="failure"} 1',
      'mcp_vitals_source_last_success_timestamp_seconds{source="redis"} 1700000000.5',
    ]);
    recorder.reading(success);
    expect(await page()).toContain('cache_hit_rate{cache_type="redis"} 0.5');
  });

  it('forgets a source that is read no more, but for its counters', async () => {
    const recorder = createSourceRecorder(registry, board);
    recorder.reading(success);
    recorder.forget('redis');
    expect(await page()).toEqual([
      'mcp_vitals_source_readings_total{source="redis",result="success"} 1',
      'mcp_vitals_source_readings_total{source="redis",result="failure"} 0',
    ]);
  });
});
