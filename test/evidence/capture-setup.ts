import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEvidenceCapture, type EvidenceCapture } from '../../src/evidence/evidence-capture.ts';
import type { CaptureOutcome, EvidenceSettings, EvidenceSource } from '../../src/model/evidence.ts';

/** A capture into a directory of its own, with a clock that the test turns. */
export interface CaptureSetup {
  readonly evidence: EvidenceCapture;
  readonly directory: string;
  readonly outcomes: readonly CaptureOutcome[];
  readonly files: () => string[];
  readonly advance: (ms: number) => void;
  readonly stop: () => Promise<void>;
}

export const HOUR = 3_600_000;

/** Prepares captures from a source. */
export function setUpCapture(
  source: EvidenceSource,
  { pid, ...more }: Partial<Omit<EvidenceSettings, 'source'>> & { pid?: number } = {},
): CaptureSetup {
  const parent = mkdtempSync(join(tmpdir(), 'evidence-'));
  const directory = join(parent, 'captures');
  let wallMs = Date.parse('2026-11-27T06:00:00Z');
  const outcomes: CaptureOutcome[] = [];
  const settings = {
    source,
    directory,
    everyMs: 6 * HOUR,
    timeoutMs: 20_000,
    maxBytes: 1 << 20,
    keep: 3,
    ...more,
  };
  const evidence = createEvidenceCapture({
    settings: () => settings,
    pid: () => Promise.resolve(pid),
    clock: { nowMs: () => wallMs, wallMs: () => wallMs },
    onOutcome: (_kind, _detector, outcome) => outcomes.push(outcome),
  });
  return {
    evidence,
    directory,
    outcomes,
    files: () => readdirSync(directory).toSorted(),
    advance: (ms) => void (wallMs += ms),
    stop: async () => {
      await evidence.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** The file of a capture that must have succeeded. */
export function pathOf(outcome: CaptureOutcome | undefined): string {
  if (outcome === undefined || !('path' in outcome)) {
    throw new Error(`capture: want a file, got ${outcome?.result} ${outcome?.reason}`);
  }
  return outcome.path;
}
