import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { totalBy } from '../harness/exposition.ts';
import { encodeBody } from './body-arbitrary.ts';
import type { ExchangeCase, MessagePlan } from './exchange-case.ts';
import { startTestSidecar } from './in-process-sidecar.ts';
import type { TestSidecar } from './in-process-sidecar.ts';
import { runExchanges } from './run-exchanges.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';

const TIMES = 200;
const KEY = 'tools/call search ok';
const REQUEST = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search"}}';
const ANSWER = '{"jsonrpc":"2.0","id":7,"result":{}}';

let upstream: ScriptedUpstream;
let sidecar: TestSidecar;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  sidecar = await startTestSidecar(upstream.url);
});

afterAll(async () => {
  await sidecar.stop();
  await upstream.stop();
});

const json = (startLine: string, text: string, coding: string): MessagePlan => {
  const body = encodeBody(Buffer.from(text), coding);
  return {
    startLine,
    headers: [
      ['Host', 'a'],
      ['Content-Type', 'application/json'],
      ['Content-Encoding', coding],
      ['Content-Length', String(body.length)],
    ],
    body,
    framing: 'length',
    chunkSizes: [],
    chunkExtension: '',
    trailers: [],
    cutting: { at: [], every: 0, pauseMs: -1 },
  };
};

const ALL_CODINGS = ['gzip', 'deflate', 'br', 'zstd'];

describe('a sidecar before an upstream that answers at once', () => {
  it.each(ALL_CODINGS)('counts each request compressed by %s by its tool', async (coding) => {
    await expectCounted(coding, 'identity');
  });

  it.each(ALL_CODINGS)('counts each answer compressed by %s as it is', async (coding) => {
    await expectCounted('identity', coding);
  });
});

async function expectCounted(requestCoding: string, answerCoding: string): Promise<void> {
  const before = await counted();
  const exchange: ExchangeCase = {
    method: 'POST',
    target: '/mcp',
    request: json('POST /mcp HTTP/1.1', REQUEST, requestCoding),
    answer: json('HTTP/1.1 200 OK', ANSWER, answerCoding),
    interim: [],
    halfClose: false,
    early: false,
  };
  const exchanges = Array.from({ length: TIMES }, () => exchange);
  await runExchanges(sidecar.port, upstream, exchanges, () => {});
  await eventually(async () => expect(difference(before, await counted())).toEqual({ [KEY]: TIMES }), 3_000);
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const grown = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, more]) => more > 0));
}

async function counted(): Promise<Record<string, number>> {
  return totalBy(await sidecar.scrape(), 'request_duration_seconds_count', ['method', 'endpoint', 'status']);
}
