import { isMapping, type DeclaredTool } from './declared-tool.ts';

/** A call as it will be sent, but for its id and what belongs to the session. */
export interface PlannedCall {
  readonly tool: string;
  /** Index of the tool (and batch size) in the mix. */
  readonly row: number;
  /** The JSON-RPC message up to the id; the id and a closing brace follow. */
  readonly before: string;
  readonly beforeBytes: number;
  /** Whether the text is as long in bytes as in characters. */
  readonly isAscii: boolean;
  /** Headers of the modern era that repeat what the message says, each with its line end; empty in the legacy era. */
  readonly headers: string;
}

/** What each request of the modern era carries in `params._meta`. */
export interface RequestMeta {
  readonly protocolVersion: string;
  readonly clientInfo: { readonly name: string; readonly version: string };
}

/** `_meta` of a request of 2026-07-28 and later. */
export const metaOf = ({ protocolVersion, clientInfo }: RequestMeta): Readonly<Record<string, unknown>> => ({
  'io.modelcontextprotocol/protocolVersion': protocolVersion,
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
});

/** A header's value as it is, or in Base64 where it could not be sent or would be taken for that (MCP, 2026-07-28). */
function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

/** Headers for the arguments whose schema asks for it (`x-mcp-header`), at any depth of `properties`. */
function parameterHeaders(schema: unknown, values: unknown): string {
  const properties = isMapping(schema) && isMapping(schema['properties']) ? schema['properties'] : {};
  if (!isMapping(values)) return '';
  return Object.entries(properties)
    .map(([name, property]) => {
      const value = values[name];
      if (!isMapping(property) || value === undefined || value === null) return '';
      const header = property['x-mcp-header'];
      const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      const own =
        typeof header === 'string' && isScalar
          ? `Mcp-Param-${header}: ${headerValue(String(value))}\r\n`
          : '';
      return own + parameterHeaders(property, value);
    })
    .join('');
}

/** Headers that the modern era wants on a request. */
export const modernHeaders = (method: string, name?: string): string =>
  `Mcp-Method: ${method}\r\n${name === undefined ? '' : `Mcp-Name: ${headerValue(name)}\r\n`}`;

/**
 * Renders a `tools/call`. The order of members is that of the official SDK clients: method, params, jsonrpc, id.
 * @param meta for the modern era; undefined for the legacy one.
 */
export function planCall(
  { name, inputSchema }: Pick<DeclaredTool, 'name' | 'inputSchema'>,
  row: number,
  values: Readonly<Record<string, unknown>>,
  meta: RequestMeta | undefined,
): PlannedCall {
  const params = { name, arguments: values, ...(meta && { _meta: metaOf(meta) }) };
  const before = `{"method":"tools/call","params":${JSON.stringify(params)},"jsonrpc":"2.0","id":`;
  const beforeBytes = Buffer.byteLength(before);
  return {
    tool: name,
    row,
    before,
    beforeBytes,
    isAscii: beforeBytes === before.length,
    headers:
      meta === undefined ? '' : modernHeaders('tools/call', name) + parameterHeaders(inputSchema, values),
  };
}
