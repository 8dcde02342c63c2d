import type { EvidenceSettings, EvidenceSource } from '../model/evidence.ts';
import type { Settings } from './schema.ts';

type Evidence = Settings['detectors']['evidence'];

function toSource({ kind, inspector, pySpy, command }: Evidence): EvidenceSource | undefined {
  switch (kind) {
    case 'off':
      return undefined;
    case 'inspector':
      return {
        kind,
        address: inspector.address,
        samplingMs: inspector.sampling,
        snapshot: inspector.snapshot,
      };
    case 'py-spy':
      return { kind, program: pySpy.program, recordMs: pySpy.record };
    case 'command':
      return { kind, command };
    default:
      return kind satisfies never;
  }
}

/** How evidence is captured, if it is. */
export function toEvidence({ detectors: { evidence } }: Settings): EvidenceSettings | undefined {
  const { directory, every, timeout, maxBytes, keep } = evidence;
  const source = toSource(evidence);
  if (source === undefined || directory === undefined) return undefined;
  return { source, directory, everyMs: every, timeoutMs: timeout, maxBytes, keep };
}
