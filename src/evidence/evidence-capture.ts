import { join } from 'node:path';
import type { Clock } from '../model/clock.ts';
import { failureText } from '../model/failure-text.ts';
import type { CaptureOutcome, EvidenceKind, EvidenceSettings } from '../model/evidence.ts';
import { captureCommand } from './capture-command.ts';
import { captureInspector } from './capture-inspector.ts';
import { capturePySpy } from './capture-py-spy.ts';
import type { Captured, CaptureTask } from './capture.ts';
import { captureStem, evidenceDirectory } from './evidence-directory.ts';

/** What captures go by. */
export interface EvidenceParts {
  /** Asked at each capture; undefined: none is wanted. */
  readonly settings: () => EvidenceSettings | undefined;
  /** Process of the server; undefined if it is not known. */
  readonly pid: () => Promise<number | undefined>;
  readonly clock: Clock;
  /** Told of each capture that was asked for. */
  readonly onOutcome: (kind: EvidenceKind, detector: string, outcome: CaptureOutcome) => void;
}

/** Captures evidence on demand. */
export interface EvidenceCapture {
  /**
   * Captures what tells why a detector is urgent, one capture at a time and one for a detector within a while.
   * Never rejects.
   * @returns what came of it; undefined where no evidence is wanted.
   */
  readonly capture: (detector: string) => Promise<CaptureOutcome | undefined>;
  /** Breaks off what is being captured; after it nothing is captured any more. */
  readonly stop: () => Promise<void>;
}

/** What is known of the last attempt for a detector; those that failed left no file. */
type Attempts = Map<string, number>;

/** Makes the capture of evidence. */
export function createEvidenceCapture({ settings, pid, clock, onOutcome }: EvidenceParts): EvidenceCapture {
  const attempts: Attempts = new Map();
  const stopping = new AbortController();
  let running: Promise<unknown> | undefined;

  const attempt = async (detector: string, wanted: EvidenceSettings): Promise<CaptureOutcome> => {
    const { source, everyMs, timeoutMs, maxBytes, keep } = wanted;
    const directory = evidenceDirectory(wanted.directory);
    await directory.prepare();
    const wallMs = clock.wallMs();
    const lastMs = Math.max(
      attempts.get(detector) ?? -Infinity,
      (await directory.lastWallMs(detector)) ?? -Infinity,
    );
    // A clock that was set back must not hold captures off for ever.
    if (wallMs >= lastMs && wallMs - lastMs < everyMs) {
      return {
        result: 'skipped',
        reason: `the last one for ${detector} is less than ${everyMs / 1000} s old`,
      };
    }
    attempts.set(detector, wallMs);
    const name = captureStem(wallMs, detector, source.kind);
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([limit, stopping.signal]);
    try {
      const task = { detector, pid, stem: join(wanted.directory, name), maxBytes, signal };
      const { path, isCut } = await runCapture(source, task);
      await directory.prune(keep);
      return { result: isCut ? 'cut' : 'captured', path };
    } catch (error) {
      await directory.discard(name);
      if (limit.aborted)
        throw new Error(`want it done within ${timeoutMs / 1000} s, got no end`, { cause: error });
      throw error;
    }
  };

  const guarded = async (detector: string, wanted: EvidenceSettings): Promise<CaptureOutcome> => {
    try {
      return await attempt(detector, wanted);
    } catch (error) {
      return { result: 'failed', reason: failureText(error) };
    }
  };

  return {
    capture: async (detector) => {
      const wanted = settings();
      if (wanted === undefined || stopping.signal.aborted) return undefined;
      let outcome: CaptureOutcome = { result: 'skipped', reason: 'another one is under way' };
      if (running === undefined) {
        const capturing = guarded(detector, wanted);
        running = capturing;
        outcome = await capturing;
        running = undefined;
      }
      onOutcome(wanted.source.kind, detector, outcome);
      return outcome;
    },
    stop: async () => {
      stopping.abort(new Error('the sidecar stopped'));
      await running;
    },
  };
}

function runCapture(source: EvidenceSettings['source'], task: CaptureTask): Promise<Captured> {
  switch (source.kind) {
    case 'inspector':
      return captureInspector(source, task);
    case 'py-spy':
      return capturePySpy(source, task);
    case 'command':
      return captureCommand(source.command, task);
    default:
      return source satisfies never;
  }
}
