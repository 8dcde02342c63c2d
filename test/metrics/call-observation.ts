import type { CallObservation } from '../../src/model/traffic.ts';

/** A call of a tool that went well, but for what a test says. */
export const call = (more: Partial<CallObservation> = {}): CallObservation => ({
  method: 'tools/call',
  isMcp: true,
  target: { kind: 'tool', name: 'get_user' },
  status: 'ok',
  errorType: undefined,
  fault: undefined,
  rpcErrorCode: undefined,
  transport: 'streamable_http',
  protocolVersion: '2025-11-25',
  durationMs: 100,
  clientWaitMs: 0,
  timeToFirstByteMs: 50,
  requestBytes: 2048,
  responseBytes: 5120,
  batchSize: undefined,
  ...more,
});
