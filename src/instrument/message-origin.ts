import { membersOf, textOf } from './json-message.ts';
import { publicClientName } from '../mcp/client-name.ts';
import { publicPath } from '../mcp/call-target.ts';

/** What stands for the HTTP path of a request over pipes, or in memory. */
const PIPE_PATH = 'stdio';

/**
 * The HTTP request that carried a message, as the SDKs hand it on beside the
 * message: `requestInfo` (1.x) or `request` (2.x); undefined over pipes.
 */
export const httpRequestOf = (extra: unknown): Readonly<Record<string, unknown>> | undefined => {
  const members = membersOf(extra);
  return members && (membersOf(members['requestInfo']) ?? membersOf(members['request']));
};

/** The path of an HTTP request as it may appear in a label. */
export function placeOf(request: Readonly<Record<string, unknown>> | undefined): string {
  if (!request) return PIPE_PATH;
  const url = request['url'];
  if (url instanceof URL) return publicPath(url.pathname);
  const text = textOf(url);
  return text !== undefined && URL.canParse(text) ? publicPath(new URL(text).pathname) : '/';
}

/** The protocol version that an HTTP request states in its header. */
export function headerVersionOf(request: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const headers = request?.['headers'];
  if (headers instanceof Headers) return headers.get('mcp-protocol-version') ?? undefined;
  return textOf(membersOf(headers)?.['mcp-protocol-version']);
}

/** The protocol version that a request of the modern era states in its parameters. */
export const metaVersionOf = (params: unknown): string | undefined =>
  textOf(membersOf(membersOf(params)?.['_meta'])?.['io.modelcontextprotocol/protocolVersion']);

/** What a client calls itself: in the parameters of `initialize`, or, in the modern era, of any request. */
export function clientNameOf(params: unknown): string | undefined {
  const members = membersOf(params);
  const info =
    members?.['clientInfo'] ?? membersOf(members?.['_meta'])?.['io.modelcontextprotocol/clientInfo'];
  return publicClientName(textOf(membersOf(info)?.['name']));
}
