import type { ExchangeCase, MessagePlan } from './exchange-case.ts';
import { paths, schemes, tools } from './names.ts';
import { runExchanges } from './run-exchanges.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';

/**
 * Has the server vouch for all paths, tools and schemes, so that they are labels also where a later call fails.
 *
 * @returns how many exchanges that took
 */
export async function makeNamesKnown(port: number, upstream: ScriptedUpstream): Promise<number> {
  const list = { tools: tools.map((name) => ({ name })) };
  const exchanges = [
    ...paths.map((path) => goodCall(path, 'tools/list', {}, list)),
    ...schemes.map((scheme) => goodCall('/mcp', 'resources/read', { uri: `${scheme}:x` }, {})),
  ];
  await runExchanges(port, upstream, exchanges, () => {});
  return exchanges.length;
}

function goodCall(target: string, method: string, params: object, result: object): ExchangeCase {
  return {
    method: 'POST',
    target,
    request: json(`POST ${target} HTTP/1.1`, { jsonrpc: '2.0', id: 1, method, params }),
    answer: json('HTTP/1.1 200 OK', { jsonrpc: '2.0', id: 1, result }),
    interim: [],
    halfClose: false,
    early: false,
  };
}

function json(startLine: string, message: object): MessagePlan {
  const body = Buffer.from(JSON.stringify(message));
  return {
    startLine,
    headers: [
      ['Host', 'a'],
      ['Content-Type', 'application/json'],
      ['Content-Length', String(body.length)],
    ],
    body,
    framing: 'length',
    chunkSizes: [],
    chunkExtension: '',
    trailers: [],
    cutting: { at: [], every: 0, pauseMs: -1 },
  };
}
