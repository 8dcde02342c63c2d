// A thread that judges the series it is told to, one batch at a time.
import { parentPort, workerData } from 'node:worker_threads';
import { generateSeries } from './generate.ts';
import { judgeSeries } from './judge.ts';
import { competitorGroup, detectorGroup } from './method.ts';
import type { JudgeOrder } from './judge-pool.ts';
import type { SeriesId } from './series-id.ts';

const { stepMs, competitors } = workerData as JudgeOrder;
const groups = [detectorGroup(), ...(competitors ? [competitorGroup()] : [])];

parentPort?.on('message', (ids: readonly SeriesId[]) => {
  const judged = ids.map((id) => judgeSeries(generateSeries(id, stepMs), groups));
  parentPort?.postMessage(judged, []);
});
