import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { startHandServer, type HandServer } from '../harness/hand-server.ts';
import { ODD_CLIENT, ODD_TOOLS, SHOWN_TOOLS } from './odd-names.ts';

const message = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: z.object({ name: z.string().optional() }).optional(),
});

type Id = z.infer<typeof message>['id'];

/** No tool of the server, but one that a client calls. */
const UNKNOWN_TOOL = 'no-such-tool';

/** Ways to fail, one after the other. */
const FAILURES = ['ERROR: deadlock detected', 'connection timeout', 'rate limit exceeded', 'it <b>broke</b>'];

/**
 * A server of tools with odd names. One asks the person at the client and waits for the answer; one fails, by turns as
 * a tool, in the protocol and on the way.
 */
export async function startOddServer(): Promise<HandServer> {
  const waiting = new Map<string, () => void>();
  let turn = 0;
  let sessions = 0;

  const json = (response: ServerResponse, body: object, headers: Record<string, string> = {}): void => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ jsonrpc: '2.0', ...body }));
  };
  const fail = (response: ServerResponse, id: Id): void => {
    turn += 1;
    const text = FAILURES[turn % 6];
    if (text !== undefined)
      json(response, { id, result: { content: [{ type: 'text', text }], isError: true } });
    else if (turn % 6 === 4)
      json(response, { id, error: { code: -32603, message: 'internal <i>error</i>' } });
    else response.writeHead(503).end('overloaded');
  };
  const askPerson = async (response: ServerResponse, id: Id): Promise<void> => {
    const question = `question-${(turn += 1)}`;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const params = { message: 'Sure?', requestedSchema: { type: 'object', properties: {} } };
    const event = (body: object): string => `data: ${JSON.stringify({ jsonrpc: '2.0', ...body })}\n\n`;
    response.write(event({ id: question, method: 'elicitation/create', params }));
    await new Promise<void>((resolve) => {
      waiting.set(question, resolve);
      response.on('close', () => resolve());
    });
    response.end(event({ id, result: { content: [{ type: 'text', text: 'agreed' }] } }));
  };
  const answer = async (body: string, response: ServerResponse): Promise<void> => {
    const { id, method, params } = message.parse(JSON.parse(body));
    if (method === undefined) {
      waiting.get(String(id))?.();
      response.writeHead(202).end();
    } else if (method === 'initialize') {
      const serverInfo = { name: 'odd', version: '1' };
      const result = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo };
      json(response, { id, result }, { 'mcp-session-id': `odd-${(sessions += 1)}` });
    } else if (method === 'tools/list') {
      const tools = ODD_TOOLS.map((name) => ({ name, inputSchema: { type: 'object' } }));
      json(response, { id, result: { tools } });
    } else if (id === undefined) response.writeHead(202).end();
    else if (params?.name === 'ask') await askPerson(response, id);
    else if (params?.name === 'fails') fail(response, id);
    else if (params?.name === 'garbled')
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end('no gzip at all');
    else if (params?.name === UNKNOWN_TOOL)
      json(response, { id, error: { code: -32602, message: 'unknown tool' } });
    else {
      await sleep(5 + 20 * Math.random());
      json(response, { id, result: { content: [{ type: 'text', text: 'done' }] } });
    }
  };
  return startHandServer((body, response, { method, url }) => {
    if (method === 'DELETE') response.writeHead(204).end();
    else if (method === 'GET' && url === '/metrics')
      response
        .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
        .end(`odd_sessions ${sessions}\n`);
    else if (method === 'GET') response.writeHead(405).end();
    else
      answer(body, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
  });
}

/** A client of the odd server that opens a session, calls all of its tools, and ends the session or forgets to. */
export async function visitOddServer(url: string, forgets: boolean): Promise<void> {
  let session: Record<string, string> = {};
  let id = 0;
  const post = async (body: object): Promise<Response> =>
    fetch(`${url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...session,
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...body }),
    });
  const request = (method: string, params: object): Promise<Response> =>
    post({ id: (id += 1), method, params });
  const clientInfo = { name: ODD_CLIENT, version: '1' };
  const opened = await request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  await opened.text();
  session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
  await (await post({ method: 'notifications/initialized' })).text();
  await (await request('tools/list', {})).text();
  for (const name of [...ODD_TOOLS, UNKNOWN_TOOL]) {
    const called = await request('tools/call', { name, arguments: {} });
    // What cannot be decoded cannot be read here either.
    if (name === 'garbled') {
      await called.text().catch(() => undefined);
      continue;
    }
    let seen = '';
    // The question comes in the answer's stream, and goes back by a request of its own.
    for await (const chunk of called.body ?? []) {
      seen += Buffer.from(chunk).toString();
      const question = /"id":"(question-\d+)"/.exec(seen)?.[1];
      if (question === undefined) continue;
      seen = '';
      await sleep(120);
      await (await post({ id: question, result: { action: 'accept', content: {} } })).text();
    }
  }
  if (!forgets) await (await fetch(`${url}/mcp`, { method: 'DELETE', headers: session })).text();
}

/** Calls a tool of the odd server as fast as a few clients can, for a while. */
export async function burstOddServer(url: string, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  const call = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: SHOWN_TOOLS[3], arguments: {} },
  };
  const calling = async (): Promise<void> => {
    while (performance.now() < until) {
      const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
      const called = await fetch(`${url}/mcp`, { method: 'POST', headers, body: JSON.stringify(call) });
      await called.text();
    }
  };
  await Promise.all(Array.from({ length: 12 }, calling));
}
