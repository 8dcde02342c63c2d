// An MCP server over Streamable HTTP whose times are known: what it is asked to be, and what it was.
import { createServer, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    /** How long a call takes. */
    'service-ms': { type: 'string', default: '2' },
    /** How long calls stay slow after the rate has fallen from a spike. */
    'recover-ms': { type: 'string', default: '0' },
  },
});
const SERVICE_MS = Number(values['service-ms']);
const RECOVER_MS = Number(values['recover-ms']);
const SLOW_MS = 300;
/** More calls than that in a tenth of a second are a spike. */
const SPIKE_CALLS = 60;

const text = (name: string, extra: object = {}) => ({
  type: 'object',
  properties: { [name]: { type: 'string' } },
  required: [name],
  ...extra,
});
const TOOLS = [
  { name: 'get_user', inputSchema: text('user_id'), annotations: { readOnlyHint: true } },
  {
    name: 'update_user',
    inputSchema: text('user_id'),
    annotations: { readOnlyHint: false, destructiveHint: false },
  },
  { name: 'generate_report', inputSchema: text('region'), annotations: { readOnlyHint: true } },
  {
    name: 'process_batch',
    inputSchema: {
      type: 'object',
      properties: { items: { type: 'array', items: { type: 'integer' } } },
      required: ['items'],
    },
    annotations: { readOnlyHint: false, destructiveHint: false },
  },
  { name: 'delete_user', inputSchema: text('user_id'), annotations: { destructiveHint: true } },
];

let sessions = 0;
let calls = 0;
let recent = 0;
let isSpike = false;
/** When the spike was over. */
let spikeEndMs = 0;

setInterval(() => {
  const many = recent > SPIKE_CALLS;
  if (isSpike && !many) spikeEndMs = performance.now();
  isSpike = many;
  recent = 0;
}, 100);

const isSlow = (): boolean =>
  RECOVER_MS > 0 && (isSpike || (spikeEndMs > 0 && performance.now() - spikeEndMs < RECOVER_MS));

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string };
}

function reply(
  response: ServerResponse,
  value: object,
  status = 200,
  headers: Record<string, string> = {},
): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...headers,
  });
  response.end(body);
}

function answer(message: Message, response: ServerResponse): void {
  const { id, method } = message;
  const result = (value: object) => ({ result: value, jsonrpc: '2.0', id });
  if (id === undefined) {
    response.writeHead(202).end();
  } else if (method === 'initialize') {
    sessions += 1;
    const info = {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'known', version: '1' },
    };
    reply(response, result(info), 200, { 'mcp-session-id': `s${sessions}` });
  } else if (method === 'tools/list') {
    reply(response, result({ tools: TOOLS }));
  } else if (method === 'tools/call') {
    calls += 1;
    recent += 1;
    setTimeout(
      () => reply(response, result({ content: [{ type: 'text', text: message.params?.name ?? '' }] })),
      isSlow() ? SLOW_MS : SERVICE_MS,
    );
  } else reply(response, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } }, 404);
}

const server = createServer((request, response) => {
  if (request.url === '/truth') {
    reply(response, { calls, sessions });
    return;
  }
  if (request.method === 'DELETE') {
    sessions -= 1;
    response.writeHead(200).end();
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => answer(JSON.parse(body) as Message, response));
});
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
