import { setTimeout as sleep } from 'node:timers/promises';
import type { EvidenceSource } from '../model/evidence.ts';
import type { Captured, CaptureTask } from './capture.ts';
import { renderHeapSummary, type HeapUsage, type ProfileNode } from './heap-summary.ts';
import { openInspector, type InspectorSession } from './inspector-session.ts';
import { writeLimited } from './limited-file.ts';

/** Bytes between two samples: twice V8's own, since what is looked for is large, and a server near its limit is to be spared. */
const SAMPLING_INTERVAL = 65_536;

/** Most of a snapshot that may wait for the disk, in characters. */
const MAX_BACKLOG = 64 * 1024 ** 2;

/**
 * Captures over the inspector of a Node server who allocates what stays: a summary to be read and the profile for
 * Chrome DevTools (`.heapprofile`); if asked for, the whole heap (`.heapsnapshot`), which stops the server for as long
 * as it takes.
 * @throws Error if the inspector cannot be reached or refuses.
 */
export async function captureInspector(
  { address, samplingMs, snapshot }: Extract<EvidenceSource, { kind: 'inspector' }>,
  task: CaptureTask,
): Promise<Captured> {
  const session = await openInspector(address, task.signal);
  try {
    await session.call('HeapProfiler.enable');
    await session.call('HeapProfiler.startSampling', { samplingInterval: SAMPLING_INTERVAL });
    await sleep(samplingMs, undefined, { signal: task.signal });
    await session.call('HeapProfiler.collectGarbage');
    const usage = await session.call('Runtime.getHeapUsage');
    const { profile } = await session.call('HeapProfiler.stopSampling');
    const head = headOf(profile);
    const title = `Heap of ${address.host}:${address.port}, captured for the detector ${task.detector}`;
    const path = `${task.stem}.txt`;
    await writeLimited(path, task.maxBytes, (file) =>
      file.write(renderHeapSummary(title, usageOf(usage), head, samplingMs)),
    );
    const isProfileWhole = await writeLimited(`${task.stem}.heapprofile`, task.maxBytes, (file) =>
      file.write(JSON.stringify(profile)),
    );
    const isSnapshotWhole = !snapshot || (await writeSnapshot(session, task));
    return { path, isCut: !isProfileWhole || !isSnapshotWhole };
  } catch (error) {
    throw task.signal.aborted ? task.signal.reason : error;
  } finally {
    // The inspector ends its sampling with the session.
    session.close();
  }
}

/** Streams the heap to a file. @returns whether all of it fitted. */
function writeSnapshot(session: InspectorSession, task: CaptureTask): Promise<boolean> {
  return writeLimited(`${task.stem}.heapsnapshot`, task.maxBytes, async (file) => {
    let written = Promise.resolve(true);
    let backlog = 0;
    const full = new Promise<false>((resolve, reject) => {
      session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
        if (typeof chunk !== 'string' || file.isCut) return;
        backlog += chunk.length;
        if (backlog > MAX_BACKLOG)
          reject(new Error('want a disk that keeps up with the snapshot, got a slower one'));
        written = written.then(async () => {
          const isWhole = await file.write(chunk);
          backlog -= chunk.length;
          if (!isWhole) resolve(false);
          return isWhole;
        });
        written.catch(reject);
      });
    });
    const whole = session
      .call('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
      .then(() => written);
    return Promise.race([whole, full]);
  });
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

function usageOf({ usedSize, totalSize, backingStorageSize }: Readonly<Record<string, unknown>>): HeapUsage {
  return {
    usedSize: isNumber(usedSize) ? usedSize : Number.NaN,
    totalSize: isNumber(totalSize) ? totalSize : Number.NaN,
    ...(isNumber(backingStorageSize) && { backingStorageSize }),
  };
}

/** @throws Error if it is no profile. */
function headOf(profile: unknown): ProfileNode {
  const head =
    typeof profile === 'object' && profile !== null && 'head' in profile ? profile.head : undefined;
  if (typeof head !== 'object' || head === null || !('children' in head)) {
    throw new Error('inspector: want a sampling heap profile, got something else');
  }
  // What V8 calls a profile has all of its members.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return head as ProfileNode;
}
