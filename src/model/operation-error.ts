import type { CallObservation } from './traffic.ts';

/**
 * `error.type` of a call after OpenTelemetry's MCP conventions: the JSON-RPC code as text, `tool_error`, an HTTP status or
 * what else stands for the end of it.
 */
export const operationError = (call: CallObservation): string | undefined =>
  call.errorType !== undefined && call.status === 'other' ? call.errorType : call.errorType && call.status;
