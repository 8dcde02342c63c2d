import type { MetricSpecs } from './metric-spec.ts';

/** What came of capturing evidence. */
export const EVIDENCE = {
  mcp_vitals_evidence_captures_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Captures of evidence that an urgent detector asked for (`detectors.evidence`): `captured`, `cut` (at the size limit), `failed`, or `skipped` (there was one a short while ago, or one is under way).',
    labels: ['kind', 'result'],
  },
} as const satisfies MetricSpecs;
