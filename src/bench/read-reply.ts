import { emptyFacts } from '../mcp/message-facts.ts';
import { AskError } from './ask-error.ts';
import { isMapping } from './declared-tool.ts';

/**
 * The result in a JSON-RPC response.
 * @param statusCode of the HTTP answer; undefined over stdio.
 * @throws AskError if it is an error, or no response at all.
 */
export function readReply(
  method: string,
  message: Readonly<Record<string, unknown>> | undefined,
  statusCode?: number,
): unknown {
  if (message !== undefined && 'result' in message) return message['result'];
  const error = message?.['error'];
  if (isMapping(error)) {
    const code = typeof error['code'] === 'number' ? error['code'] : undefined;
    const text = typeof error['message'] === 'string' ? error['message'].slice(0, 200) : undefined;
    const facts = { ...emptyFacts(), hasError: true, errorCode: code, errorText: text };
    throw new AskError(
      `${method}: want a result, got error ${code ?? ''}${text === undefined ? '' : ` (${text})`}`,
      { kind: 'answer', facts, statusCode },
      code,
    );
  }
  if (statusCode !== undefined && statusCode >= 300)
    throw new AskError(`${method}: want a result, got status ${statusCode}`, { kind: 'http', statusCode });
  throw new AskError(`${method}: want a result, got an answer without one`, { kind: 'no_answer' });
}
