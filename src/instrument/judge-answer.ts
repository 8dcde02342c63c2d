import { judgeAnswer as judgeFacts, type Judgement } from '../mcp/judge-answer.ts';
import type { ErrorPattern } from '../model/error-pattern.ts';
import { membersOf, textOf } from './json-message.ts';

/** Longest part of an error's message that is looked at, as in the sidecar. */
const MAX_TEXT = 512;

/**
 * Says what a JSON-RPC response counts as.
 * @param response the message as the server hands it to its transport.
 * @param patterns tried in order against the error's text, which is not kept.
 */
export function judgeAnswer(
  response: Readonly<Record<string, unknown>>,
  method: string,
  patterns: readonly ErrorPattern[],
): Judgement {
  const error = membersOf(response['error']);
  const result = error ? undefined : membersOf(response['result']);
  const isError = result?.['isError'] === true;
  const code = error?.['code'];
  const text = error ? textOf(error['message']) : isError ? firstText(result['content']) : undefined;
  const facts = {
    // Inside the server every response has one; what it is does not matter here.
    id: '',
    hasError: error !== undefined,
    errorCode: typeof code === 'number' ? code : undefined,
    errorText: text?.slice(0, MAX_TEXT),
    isError,
    resultType: textOf(result?.['resultType']),
    hasTask: result?.['task'] !== undefined,
  };
  return judgeFacts(facts, undefined, method, patterns);
}

function firstText(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined;
  for (const item of content) {
    const text = textOf(membersOf(item)?.['text']);
    if (text !== undefined) return text;
  }
  return undefined;
}
