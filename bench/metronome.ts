import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitWithParent } from './child-process.ts';
import { quantile } from './statistics.ts';

// How late the timers of a process are that does nothing else: what the machine itself adds.
const BEAT_MS = 20;

exitWithParent();
const untilMs = performance.now() + Number(process.argv[2]);
const lateness: number[] = [];
while (performance.now() < untilMs) {
  const dueMs = performance.now() + BEAT_MS;
  await sleep(BEAT_MS);
  lateness.push(Math.max(0, performance.now() - dueMs));
}
process.send?.(quantile(lateness, 0.99));
process.disconnect();
