import fc from 'fast-check';
import { encodeBody } from './body-arbitrary.ts';
import { describeCase } from './exchange-case.ts';
import type { ExchangeCase } from './exchange-case.ts';
import { expectedCalls } from './expected-calls.ts';
import type { ExpectedCall } from './expected-calls.ts';
import { cutting, framing, plan, printable } from './message-arbitrary.ts';
import { rewriteJson } from './rewrite-json.ts';
import { tools } from './names.ts';

/** An exchange, and the calls that the sidecar must have counted after it. */
export interface ModelledExchange extends ExchangeCase {
  readonly calls: readonly ExpectedCall[];
}

const id = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 2 ** 53, 1e300, '', '1', 'null', '\ud800', '"', '\\'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uuid(),
  fc.constant('long '.repeat(100)),
);

const otherParams = fc.oneof(fc.constant({}), fc.jsonValue({ maxDepth: 2 }));
const extra = fc.dictionary(
  fc.constantFrom('_meta', 'arguments', 'cursor', 'x', 'method', 'id', 'error'),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 3 },
);
const call = fc.oneof(
  { weight: 5, arbitrary: named('tools/call', 'name', fc.constantFrom(...tools)) },
  named('prompts/get', 'name', fc.constantFrom('greet', 'summary é')),
  named('resources/read', 'uri', fc.constantFrom('file:///a', 'HTTPS://x.test/y', 'no scheme', 'demo+x.1:y')),
  named('resources/subscribe', 'uri', fc.constantFrom('file:///a', 'ui://w')),
  fc.record({
    method: fc.constantFrom('ping', 'initialize', 'tools/list', 'logging/setLevel', 'x/unknown', 'tasks/get'),
    params: otherParams,
  }),
  fc.record({ method: fc.constantFrom('tools/call', 'server/discover'), params: fc.constant({ name: 7 }) }),
);

function named(method: string, key: string, value: fc.Arbitrary<string>): fc.Arbitrary<Call> {
  return fc.tuple(value, extra).map(([text, more]) => ({ method, params: { ...more, [key]: text } }));
}

interface Call {
  readonly method: string;
  readonly params: unknown;
}

/** How the upstream answers one request. */
const reply = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((result) => ({ result: { data: result } })) },
  fc.constantFrom<object>(
    { result: { isError: true, content: [{ type: 'text', text: 'Rate limit "hit"' }] } },
    { result: { content: [{ type: 'text', text: '"isError": true' }], isError: false } },
    { result: { structuredContent: { isError: true, error: { code: 1 } } } },
    { result: { resultType: 'input_required', requestState: 'x' } },
    { result: { resultType: 'task', task: { taskId: '1' } } },
    { result: { resultType: 'complete' } },
  ),
  fc
    .constantFrom(-32700, -32600, -32601, -32602, -32603, -32000, -32001, -32002, -32020, -32021, -32022)
    .map((code) => ({ error: { code, message: 'no "way"', data: { result: 1 } } })),
  fc.constantFrom(-32042, 1, 0, -1.5, 404).map((code) => ({ error: { message: 'other', code } })),
);

const around = fc.constantFrom<object>(
  { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1, id: 3 } },
  { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: { result: {} } } },
  { jsonrpc: '2.0', id: 'server-1', method: 'elicitation/create', params: { message: 'Name?' } },
  { jsonrpc: '2.0', id: 'nobody asked', result: {} },
);

const sse = fc.record({
  end: fc.constantFrom('\n', '\r\n', '\r'),
  before: fc.array(around, { maxLength: 3 }),
  after: fc.array(around, { maxLength: 2 }),
  priming: fc.boolean(),
  comments: fc.boolean(),
  space: fc.boolean(),
  splitLines: fc.boolean(),
});

/** One well-formed request, notification, response or batch, and an answer to it. */
export const modelledExchange: fc.Arbitrary<ModelledExchange> = fc
  .record({
    target: fc.constantFrom('/mcp', '/mcp?tenant=a', '/', '/deep/path/'),
    calls: fc.oneof(
      { weight: 12, arbitrary: fc.tuple(fc.tuple(id, call, reply)) },
      fc.uniqueArray(fc.tuple(id, call, reply), {
        minLength: 2,
        maxLength: 5,
        selector: ([one]) => `${typeof one} ${String(one)}`,
      }),
    ),
    kind: fc.constantFrom('call', 'call', 'call', 'call', 'call', 'call', 'call', 'notification', 'response'),
    lost: fc.constantFrom('', '', '', '', '', '', 'all', 'id', 'http', 'http error', 'oauth'),
    backwards: fc.boolean(),
    status: fc.constantFrom(200, 200, 200, 200, 400, 404, 500),
    http: fc.constantFrom(400, 401, 403, 404, 405, 429, 451, 500, 502, 503, 504, 599),
    isSse: fc.boolean(),
    sse,
    requestStyle: fc.nat(),
    answerStyle: fc.nat(),
    answerCoding: fc.constantFrom('', '', '', 'gzip', 'br', 'deflate', 'zstd'),
    requestFraming: framing('length', 'chunked'),
    answerFraming: framing('length', 'chunked', 'close'),
    requestCutting: cutting,
    answerCutting: cutting,
  })
  .map((raw) => {
    const isBatch = raw.calls.length > 1;
    const request = requestMessages(raw.kind, raw.calls);
    const text = rewriteJson(isBatch ? request : request[0], raw.requestStyle);
    const answer = answerOf(raw);
    const asked = plan(
      {
        startLine: `POST ${raw.target} HTTP/1.1`,
        headers: [['Host', 'a']],
        framing: raw.requestFraming,
        cutting: raw.requestCutting,
        places: [1],
      },
      Buffer.from(text),
      [['Content-Type', 'application/json']],
    );
    const answered = plan(
      {
        startLine: `HTTP/1.1 ${answer.status} Any`,
        headers: [['Content-Type', answer.type]],
        framing: raw.answerFraming,
        cutting: raw.answerCutting,
        places: [1],
      },
      encodeBody(Buffer.from(answer.text), raw.answerCoding),
      codingHeader(raw.answerCoding),
    );
    const calls = expectedCalls(raw.target, text, answer);
    const exchange: ModelledExchange = {
      method: 'POST',
      target: raw.target,
      request: asked,
      answer: answered,
      interim: [],
      halfClose: false,
      early: false,
      calls,
    };
    return printable(exchange, `${describeCase(exchange)}\n  ${text}\n  ${answer.text}`);
  });

type AskedCall = readonly [unknown, Call, object];

function requestMessages(kind: string, calls: readonly AskedCall[]): object[] {
  return calls.map(([callId, { method, params }]) => {
    if (kind === 'notification') return { jsonrpc: '2.0', method: 'notifications/initialized', params };
    if (kind === 'response') return { jsonrpc: '2.0', id: callId, result: { action: 'accept' } };
    return { jsonrpc: '2.0', id: callId, method, params };
  });
}

interface AnswerText {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

interface AnswerChoice {
  readonly calls: readonly AskedCall[];
  readonly kind: string;
  readonly lost: string;
  readonly backwards: boolean;
  readonly status: number;
  readonly http: number;
  readonly isSse: boolean;
  readonly sse: SseStyle;
  readonly answerStyle: number;
}

interface SseStyle {
  readonly end: string;
  readonly before: readonly object[];
  readonly after: readonly object[];
  readonly priming: boolean;
  readonly comments: boolean;
  readonly space: boolean;
  readonly splitLines: boolean;
}

function answerOf(raw: AnswerChoice): AnswerText {
  if (raw.kind !== 'call') return { status: 202, type: 'text/plain', text: '' };
  if (raw.lost === 'http') return { status: raw.http, type: 'text/html', text: '<p>{"id":1,"result":1}' };
  if (raw.lost === 'oauth')
    return { status: raw.http, type: 'application/json', text: '{"error":"invalid_token"}' };
  if (raw.lost === 'http error') {
    const text = rewriteJson({ error: { code: -32603, message: 'x' }, id: null }, raw.answerStyle);
    return { status: raw.http, type: 'application/json', text };
  }
  const responses = raw.calls.map(([callId, , message]) => ({
    jsonrpc: '2.0',
    id: raw.lost === 'id' ? 'of nobody' : callId,
    ...message,
  }));
  if (raw.backwards) responses.reverse();
  if (raw.lost === 'all') responses.splice(0);
  if (raw.isSse)
    return {
      status: raw.status,
      type: 'text/event-stream',
      text: stream(responses, raw.sse, raw.answerStyle),
    };
  const value = raw.calls.length > 1 ? responses : responses[0];
  const text = value === undefined ? '' : rewriteJson(value, raw.answerStyle);
  return { status: raw.status, type: 'application/json; charset=utf-8', text };
}

function stream(responses: readonly object[], style: SseStyle, seed: number): string {
  const { end, comments } = style;
  const field = style.space ? 'data: ' : 'data:';
  const events = [...style.before, ...responses, ...style.after].map((message, i) => {
    const json = style.splitLines ? JSON.stringify(message, null, 1) : rewriteJson(message, seed + i);
    const lines = json.split(/\r\n|\r|\n/).map((line) => field + line + end);
    return `${comments ? `: {"id":1}${end}` : ''}${i % 2 === 0 ? `event: message${end}` : ''}${lines.join('')}${end}`;
  });
  return `${style.priming ? `id: 1${end}data:${end}${end}` : ''}${events.join('')}`;
}

const codingHeader = (coding: string): [string, string][] =>
  coding === '' ? [] : [['Content-Encoding', coding]];
