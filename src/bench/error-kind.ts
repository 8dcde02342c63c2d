import type { Judgement } from '../mcp/judge-answer.ts';

/** Words of the sidecar's judgement that a report has others for. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['response_timeout', 'timeout'],
  ['session_not_found', 'session_lost'],
  ['invalid_http', 'protocol_error'],
  ['no_answer', 'protocol_error'],
  ['parse_error', 'protocol_error'],
  ['invalid_request', 'protocol_error'],
  ['header_mismatch', 'protocol_error'],
  ['http_4xx', 'http_error'],
  ['http_5xx', 'http_error'],
  ['stopped', 'server_exited'],
]);

/** What a call's end counts as in a report: `ok`, `cancelled` (it has no part in the figures), or the kind of its error. */
export function errorKind({ status, errorType }: Judgement): string {
  if (status === 'cancelled') return 'cancelled';
  if (errorType !== undefined) return KINDS.get(errorType) ?? errorType;
  if (status === 'ok') return 'ok';
  // Neither done nor failed: what was asked for is not there. A redirect is no answer either.
  return status === 'input_required' || status === 'task' ? status : 'http_error';
}
