import type { Registry } from '@prometheus-io/client';
import {
  CAPTURE_RESULTS,
  EVIDENCE_KINDS,
  type CaptureOutcome,
  type EvidenceKind,
} from '../model/evidence.ts';
import { instrument } from './instruments.ts';

/** Gives the function that counts captures of evidence. */
export function createEvidenceCounter(
  registry: Registry,
): (kind: EvidenceKind, result: CaptureOutcome['result']) => void {
  const captures = instrument('mcp_vitals_evidence_captures_total', registry);
  for (const kind of EVIDENCE_KINDS) for (const result of CAPTURE_RESULTS) captures.inc({ kind, result }, 0);
  return (kind, result) => captures.inc({ kind, result });
}
