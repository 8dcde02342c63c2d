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

const cut = (text: string): string => (text.length <= MAX_LENGTH ? text : text.slice(0, MAX_LENGTH));

/** The id as text; none where it is null or no scalar, which the convention does not want. */
function requestIdText(canonical: string): string | undefined {
  return /^[nsc]/.test(canonical) && canonical !== 'null' ? cut(canonical.slice(1)) : undefined;
}

/** Whether the call failed; a cancelled one did not, nor one that settled the version of the protocol. */
export const isFailure = (call: CallObservation): boolean => call.fault !== undefined;

/**
 * The attributes of a call's span, after OpenTelemetry's MCP conventions. Of what a message holds there are names and ids in
 * it, no arguments, no results, no texts of errors, and no `mcp.resource.uri`: what comes after its scheme may name anything.
 * `mcp_vitals.…` is ours: `status` is the label of that name in `request_duration_seconds`.
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
    'mcp.method.name': cut(call.method),
    ...(kind === 'tool' && { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': cut(name) }),
    ...(kind === 'prompt' && { 'gen_ai.prompt.name': cut(name) }),
    ...(id !== undefined && { 'jsonrpc.request.id': id }),
    ...(sessionId !== undefined && { 'mcp.session.id': cut(sessionId) }),
    ...(call.protocolVersion !== undefined && { 'mcp.protocol.version': cut(call.protocolVersion) }),
    'network.transport': isPipe ? 'pipe' : 'tcp',
    ...(!isPipe && { 'network.protocol.name': 'http' }),
    ...(server && { 'server.address': server.address, 'server.port': server.port }),
    ...(isFailure(call) && { 'error.type': operationError(call) ?? '_OTHER' }),
    ...(call.rpcErrorCode !== undefined && { 'rpc.response.status_code': String(call.rpcErrorCode) }),
    'mcp_vitals.status': call.status,
    ...(call.clientWaitMs > 0 && { 'mcp_vitals.client_wait_seconds': call.clientWaitMs / 1000 }),
  };
}
