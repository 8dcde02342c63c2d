import type { FailureReason } from '../model/probe-result.ts';

/** A failure whose reason is known where it is found. */
export class ProbeFailure extends Error {
  readonly code = 'PROBE_FAILURE';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProbeFailure';
    this.reason = reason;
  }
}
