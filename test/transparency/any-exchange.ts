import fc from 'fast-check';
import { coding, encodeBody, jsonBody, sseBody } from './body-arbitrary.ts';
import { describeCase } from './exchange-case.ts';
import type { ExchangeCase } from './exchange-case.ts';
import { freeHeaders, hopHeaders, places } from './header-arbitrary.ts';
import { cutting, framing, plan, printable } from './message-arbitrary.ts';

type Header = [string, string];

const method = fc.oneof(
  { weight: 1, arbitrary: fc.constant('POST') },
  fc.constantFrom('GET', 'GET', 'DELETE', 'HEAD', 'PUT', 'PATCH', 'OPTIONS', 'PROPFIND', 'QUERY'),
);

const target = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('/mcp', '/messages?sessionId=1', '/sse', '/') },
  fc.constantFrom(
    '/.well-known/oauth-protected-resource?x',
    '//double//slash',
    '/a/../b/./c?',
    '/%00%zz%E2%82%AC?%',
    'http://other.test:1/absolute?x=1',
    '/?a=b?c=/d&&',
  ),
  fc
    .string({
      unit: fc.constantFrom(..."abcXYZ019-._~!$&'()*+,;=:@%/?[]|^`{}"),
      maxLength: 40,
    })
    .map((text) => `/${text}`),
);

const requestType = fc.constantFrom(
  'application/json',
  'application/json',
  'Application/JSON; charset=utf-8',
  'text/plain',
  '',
);
const answerType = fc.constantFrom(
  'application/json',
  'application/json',
  'text/event-stream',
  'text/event-stream',
  'TEXT/Event-Stream;charset=utf-8',
  'text/html',
  '',
);

const status = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(200, 200, 200, 202, 400, 404, 500) },
  fc.constantFrom(201, 203, 204, 205, 206, 299, 300, 301, 304, 307, 401, 403, 405, 409, 418, 421, 422, 429),
  fc.constantFrom(451, 499, 501, 502, 503, 504, 599, 600, 777, 999),
);

const reason = fc.constantFrom('OK', '', 'Not Really OK', '\xdcber \t gut', "I'm a teapot", 'OK  ');

const interim = fc.constantFrom<string[][]>(
  [],
  [],
  [],
  [],
  [],
  [],
  [],
  [['HTTP/1.1 100 Continue']],
  [['HTTP/1.1 103 Early Hints', 'Link: </a>; rel=preload', 'link: </b>']],
  [['HTTP/1.1 102 Processing'], ['HTTP/1.1 103 Early Hints', 'X-Odd: \xe9']],
);

const optional = (name: string, ...values: string[]): fc.Arbitrary<Header[]> =>
  fc
    .option(fc.constantFrom(...values), { freq: 3 })
    .map((value) => (value === null ? [] : [[name, value] satisfies Header]));

/** Any exchange that HTTP/1.1 allows, with bodies that MCP knows and bodies that it does not. */
export const anyExchange: fc.Arbitrary<ExchangeCase> = fc
  .record({
    method,
    target,
    http10: fc.oneof({ weight: 30, arbitrary: fc.constant(false) }, fc.constant(true)),
    requestHeaders: freeHeaders,
    requestHop: fc.oneof(
      { weight: 6, arbitrary: hopHeaders },
      fc.constantFrom<Header[]>(
        [['TE', 'trailers']],
        [['te', 'gzip;q=0.5, trailers']],
        [['TE', 'deflate']],
        [['Upgrade', 'h2c']],
      ),
    ),
    requestType,
    requestCoding: coding,
    session: optional('Mcp-Session-Id', 'one', 'two', 'three'),
    requestFraming: framing('length', 'length', 'chunked'),
    hasBody: fc.boolean(),
    requestBody: jsonBody,
    requestCutting: cutting,
    status,
    reason,
    answerHeaders: freeHeaders,
    answerHop: hopHeaders,
    answerType,
    answerCoding: coding,
    answerSession: optional('mcp-session-id', 'one', 'four', 'five'),
    answerFraming: framing('length', 'length', 'chunked', 'chunked', 'close'),
    answerJson: jsonBody,
    answerSse: sseBody,
    answerCutting: cutting,
    interim,
    places,
    halfClose: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, fc.constant(true)),
    early: fc.oneof({ weight: 40, arbitrary: fc.constant(false) }, fc.constant(true)),
  })
  .map((raw) => {
    const contentType = (value: string): Header[] => (value === '' ? [] : [['Content-Type', value]]);
    const encoding = ({ name }: { name: string }): Header[] =>
      name === '' ? [] : [['Content-Encoding', name]];
    const sends = raw.method === 'POST' || raw.hasBody;
    const coded = (body: Buffer, { name, honest }: { name: string; honest: boolean }): Buffer =>
      honest ? encodeBody(body, name.toLowerCase()) : body;
    const requestBody = sends ? coded(raw.requestBody, raw.requestCoding) : Buffer.alloc(0);
    const noFraming = { ...raw.requestFraming, kind: 'none' as const };
    const request = plan(
      {
        startLine: `${raw.method} ${raw.target} HTTP/1.${raw.http10 ? 0 : 1}`,
        headers: raw.requestHeaders,
        framing: sends
          ? raw.http10
            ? { ...raw.requestFraming, kind: 'length' }
            : raw.requestFraming
          : noFraming,
        cutting: raw.requestCutting,
        places: raw.places,
      },
      requestBody,
      [
        ['Host', 'mcp.test:81'],
        ...contentType(raw.requestType),
        ...encoding(raw.requestCoding),
        ...raw.session,
        ...raw.requestHop,
      ],
    );
    const isSse = /event-stream/i.test(raw.answerType);
    const bodyless = raw.method === 'HEAD' || raw.status === 204 || raw.status === 304;
    const answerBody = bodyless
      ? Buffer.alloc(0)
      : coded(isSse ? raw.answerSse : raw.answerJson, raw.answerCoding);
    const answer = plan(
      {
        startLine: `HTTP/1.1 ${raw.status} ${raw.reason}`,
        headers: raw.answerHeaders,
        framing: bodyless ? { ...raw.answerFraming, kind: 'none' } : raw.answerFraming,
        cutting: raw.answerCutting,
        places: raw.places,
      },
      answerBody,
      [
        ...contentType(raw.answerType),
        ...encoding(raw.answerCoding),
        ...raw.answerSession,
        ...raw.answerHop,
        // What a body would have had may be said without one (RFC 9110 §8.6).
        ...(bodyless && raw.status !== 204 ? [['Content-Length', '321'] satisfies Header] : []),
      ],
    );
    const exchange: ExchangeCase = {
      method: raw.method,
      target: raw.target,
      request,
      answer,
      interim: raw.http10 ? [] : raw.interim,
      halfClose: raw.halfClose,
      early: raw.early && raw.method === 'POST',
    };
    return printable(exchange, describeCase(exchange));
  });
