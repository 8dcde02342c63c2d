/** One call by the labels of `request_duration_seconds`. */
export interface ExpectedCall {
  readonly method: string;
  readonly endpoint: string;
  readonly status: string;
}

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** Codes of JSON-RPC 2.0 and of MCP; every other code is `other`. */
const CODES = [
  -32700, -32600, -32601, -32602, -32603, -32000, -32001, -32002, -32020, -32021, -32022, -32042,
];

/**
 * What a straightforward reader makes of an exchange: the whole texts go through JSON.parse.
 *
 * @param request JSON text of a message or a batch
 * @param answer decoded body, its type and status
 */
export function expectedCalls(
  target: string,
  request: string,
  answer: { readonly status: number; readonly type: string; readonly text: string },
): ExpectedCall[] {
  const calls = messagesOf(request).filter(({ method, id }) => method !== undefined && id !== undefined);
  const answers = answerMessages(answer).filter(({ method }) => method === undefined);
  const stray = answers.find(
    ({ id, error }) => isObject(error) && !calls.some((call) => Object.is(call.id, id)),
  );
  return calls.map((call) => {
    const own = answers.find(({ id }) => id === call.id);
    const anonymous =
      calls.length === 1 ? answers.find(({ id, error }) => id == null && isObject(error)) : undefined;
    const response = own ?? anonymous ?? stray;
    return {
      method: String(call.method),
      endpoint: endpointOf(call, target.split('?')[0] ?? ''),
      status: response === undefined ? statusWithoutResponse(answer.status) : statusOf(response),
    };
  });
}

function messagesOf(text: string): Message[] {
  if (text.trim() === '') return [];
  const value: unknown = JSON.parse(text);
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

function answerMessages({ type, text }: { readonly type: string; readonly text: string }): Message[] {
  if (type.startsWith('application/json')) return messagesOf(text);
  if (!type.startsWith('text/event-stream')) return [];
  return text
    .replaceAll(/\r\n|\r/g, '\n')
    .split('\n\n')
    .flatMap((event) => {
      const data = event.split('\n').filter((line) => line.startsWith('data:'));
      return messagesOf(data.map((line) => line.slice(5)).join('\n'));
    });
}

function endpointOf({ method, params }: Message, path: string): string {
  const { name, uri } = isObject(params) ? (params as { name?: unknown; uri?: unknown }) : {};
  if ((method === 'tools/call' || method === 'prompts/get') && typeof name === 'string') return name;
  if (String(method).startsWith('resources/') && typeof uri === 'string') {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1];
    if (scheme !== undefined) return scheme.toLowerCase();
  }
  return path;
}

function statusOf({ error, result }: Message): string {
  if (isObject(error)) {
    const { code } = error as { code?: unknown };
    return CODES.some((known) => known === code) ? String(code) : 'other';
  }
  const { isError, resultType } = (isObject(result) ? result : {}) as {
    isError?: unknown;
    resultType?: unknown;
  };
  if (isError === true) return 'tool_error';
  return resultType === 'input_required' || resultType === 'task' ? resultType : 'ok';
}

/** An HTTP status where that tells of a failure; an answer that goes well without a response is `other`. */
const statusWithoutResponse = (status: number): string => (status >= 400 ? String(status) : 'other');

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
