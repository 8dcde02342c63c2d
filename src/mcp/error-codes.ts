/**
 * Codes that JSON-RPC 2.0 and MCP (both eras) define, with a bounded word for
 * each. Codes outside the list are labelled `other`.
 */
export const RPC_ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [-32700, 'parse_error'],
  [-32600, 'invalid_request'],
  [-32601, 'method_not_found'],
  [-32602, 'invalid_params'],
  [-32603, 'internal_error'],
  [-32000, 'server_error'],
  [-32001, 'request_timeout'],
  [-32002, 'resource_not_found'],
  [-32020, 'header_mismatch'],
  [-32021, 'missing_client_capability'],
  [-32022, 'unsupported_protocol_version'],
  [-32042, 'url_elicitation_required'],
]);

/** Codes by which a server says that the caller was wrong (OpenTelemetry MCP conventions, and version negotiation). */
export const CLIENT_FAULT_CODES: ReadonlySet<number> = new Set([
  -32700, -32600, -32601, -32602, -32002, -32020, -32021, -32022, -32042,
]);

/** Codes with which a server refuses a protocol version or its headers: part of ordinary negotiation. */
const NEGOTIATION_CODES: ReadonlySet<number> = new Set([-32020, -32021, -32022]);

/** HTTP answers that are about the caller's rights or pace, not about versions. */
const NOT_ABOUT_VERSIONS: ReadonlySet<number> = new Set([401, 403, 429]);

/**
 * Whether an error is a step of version negotiation and no failure: a modern
 * client asks `server/discover` first, and a legacy server refuses it.
 */
export const isNegotiation = (
  method: string,
  rpcCode: number | undefined,
  statusCode: number | undefined,
): boolean => {
  if (rpcCode !== undefined && NEGOTIATION_CODES.has(rpcCode)) return true;
  if (method !== 'server/discover') return false;
  return statusCode === undefined || (statusCode < 500 && !NOT_ABOUT_VERSIONS.has(statusCode));
};
