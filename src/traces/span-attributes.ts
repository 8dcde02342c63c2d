import type { Attributes } from '@opentelemetry/api';
import type { CallTrace } from '../model/call-trace.ts';
import { operationError } from '../model/operation-error.ts';
import type { CallObservation } from '../model/traffic.ts';

/** Longest value of an attribute, in characters; clients make some of them up. */
const MAX_LENGTH = 256;

/** Where the server that is measured listens. */
export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/** A text that is no longer than a value may be. */
export const bounded = (text: string): string =>
  text.length <= MAX_LENGTH ? text : text.slice(0, MAX_LENGTH);

/** The id as text; none where it is null or no scalar, which the convention does not want. */
function requestIdText(canonical: string): string | undefined {
  return /^[nsc]/.test(canonical) && canonical !== 'null' ? bounded(canonical.slice(1)) : undefined;
}

/** Whether the call failed; a cancelled one did not, nor one that settled the version of the protocol. */
export const isFailure = (call: CallObservation): boolean => call.fault !== undefined;

/**
 * The attributes of a call's span, after OpenTelemetry's MCP conventions. Of what a message holds there are names and ids in
 * it, no arguments, no results, no texts of errors, and no `mcp.resource.uri`: what comes after its scheme may name anything.
 * `mcp_vitals.…` is ours: `status` is the label of that name in `request_duration_seconds`, `error_type` that in
 * `mcp_request_errors_total`.
 */
export function spanAttributes(
  call: CallObservation,
  { requestId, sessionId }: CallTrace,
  server: ServerAddress | undefined,
): Attributes {
  const isPipe = call.transport === 'stdio';
  const { kind, name } = call.target;
  const id = requestIdText(requestId);
  return {
    'mcp.method.name': bounded(call.method),
    ...(kind === 'tool' && { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': bounded(name) }),
    ...(kind === 'prompt' && { 'gen_ai.prompt.name': bounded(name) }),
    ...(id !== undefined && { 'jsonrpc.request.id': id }),
    ...(sessionId !== undefined && { 'mcp.session.id': bounded(sessionId) }),
    ...(call.protocolVersion !== undefined && { 'mcp.protocol.version': bounded(call.protocolVersion) }),
    'network.transport': isPipe ? 'pipe' : 'tcp',
    ...(!isPipe && { 'network.protocol.name': 'http' }),
    ...(server && { 'server.address': server.address, 'server.port': server.port }),
    ...(isFailure(call) && {
      'error.type': operationError(call) ?? '_OTHER',
      'mcp_vitals.error_type': call.errorType ?? 'other',
    }),
    ...(call.rpcErrorCode !== undefined && { 'rpc.response.status_code': String(call.rpcErrorCode) }),
    'mcp_vitals.status': call.status,
    ...(call.clientWaitMs > 0 && { 'mcp_vitals.client_wait_seconds': call.clientWaitMs / 1000 }),
  };
}
