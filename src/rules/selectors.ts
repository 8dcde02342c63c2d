/** Requests of MCP, not of HTTP beside it: for those the label holds the verb. */
export const MCP_METHODS = 'method!~"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"';

/** JSON-RPC errors that are the server's: an internal one, or of its own range but for those of the protocol. */
export const SERVER_RPC_STATUS = 'status=~"-32603|-320[0-9][0-9]",status!~"-32002|-3202[0-2]"';

/** What went wrong before there was any JSON-RPC answer. */
export const TRANSPORT_STATUS = 'status=~"5..|timeout|unreachable|other"';

/** JSON-RPC codes that are the caller's, by OpenTelemetry's MCP conventions. */
export const CLIENT_RPC_CODES = '-32700|-32600|-32601|-32602|-32002';

/**
 * A server of which the sidecar or the library counts the traffic. Both have this series from their start, so
 * that what merely exports OpenTelemetry's metrics is every server without it.
 */
export const OWN_SERVERS = 'mcp_requests_in_flight';
