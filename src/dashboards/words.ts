import type { Mapping } from './dashboard-model.ts';

/** States of a detector (mcp_detector_state) in words. */
export const VERDICTS: readonly Mapping[] = [
  { value: 0, text: 'none', color: 'green' },
  { value: 1, text: 'watch', color: 'blue' },
  { value: 2, text: 'ticket', color: 'yellow' },
  { value: 3, text: 'urgent', color: 'orange' },
  { value: 4, text: 'page', color: 'red' },
];

/** States of a probe as {@link probeState} numbers them. */
export const PROBE_WORDS: readonly Mapping[] = [
  { value: 0, text: 'unknown', color: 'text' },
  { value: 1, text: 'up', color: 'green' },
  { value: 2, text: 'degraded', color: 'yellow' },
  { value: 3, text: 'down', color: 'red' },
];

/** What is either so or not. */
export const UP_OR_DOWN: readonly Mapping[] = [
  { value: 0, text: 'down', color: 'red' },
  { value: 1, text: 'up', color: 'green' },
];
