import { Worker } from 'node:worker_threads';
import type { JudgedSeries } from './judge.ts';
import { formatSeriesId, type SeriesId } from './series-id.ts';

/** How series are judged. */
export interface JudgeOrder {
  readonly stepMs: number;
  /** Whether the usual methods run too. */
  readonly competitors: boolean;
}

const BATCH = 8;

/** Judges the series on so many threads; in the order of the ids, however the threads went. */
export async function judgeAll(
  ids: readonly SeriesId[],
  order: JudgeOrder,
  threads: number,
  onProgress: (done: number) => void,
): Promise<readonly JudgedSeries[]> {
  const judged = new Map<string, JudgedSeries>();
  let next = 0;
  const take = (): readonly SeriesId[] => ids.slice(next, (next += BATCH));
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('judge-worker.ts', import.meta.url), { workerData: order });
    try {
      await new Promise<void>((resolve, reject) => {
        const hand = (): void => {
          const batch = take();
          if (batch.length === 0) resolve();
          else worker.postMessage(batch, []);
        };
        worker.on('message', (results: readonly JudgedSeries[]) => {
          for (const one of results) judged.set(formatSeriesId(one.id), one);
          onProgress(judged.size);
          hand();
        });
        worker.once('error', reject);
        worker.once('exit', (code) => reject(new Error(`judge: thread ended with ${code}`)));
        hand();
      });
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, Math.ceil(ids.length / BATCH)) }, work));
  return ids.flatMap((id) => judged.get(formatSeriesId(id)) ?? []);
}
