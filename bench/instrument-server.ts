// One MCP server (SDK 1.x, in-memory transport) as a child of bench/instrument.ts; answers each order with its figures.
import { createRequire } from 'node:module';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { instrument } from '../src/instrument/instrument.ts';
import { quantile } from './statistics.ts';

/** How the server is observed. */
export type Variant = 'bare' | 'bare again' | 'mcp-vitals/instrument' | '@shinzolabs/instrumentation-mcp';

/** Figures of one round, for one tools/call. */
export interface Round {
  readonly cpuUs: number;
  readonly p50Us: number;
}

/** What a package is known to export here. */
interface InstrumentationPackage {
  readonly instrumentServer: (
    server: McpServer,
    config: {
      readonly serverName: string;
      readonly serverVersion: string;
      readonly exporterEndpoint: string;
    },
  ) => unknown;
}

const [variant, otlpUrl = '', packageFolder = ''] = process.argv.slice(2);

function observe(server: McpServer): void {
  if (variant === 'mcp-vitals/instrument') {
    instrument({
      onFault: (error) => {
        throw new Error('instrument: want no fault', { cause: error });
      },
    }).server(server);
  } else if (variant === '@shinzolabs/instrumentation-mcp') {
    const loaded: InstrumentationPackage = createRequire(`${packageFolder}/`)(variant);
    loaded.instrumentServer(server, {
      serverName: 'bench',
      serverVersion: '1.0.0',
      exporterEndpoint: otlpUrl,
    });
  }
}

const server = new McpServer({ name: 'bench', version: '1.0.0' });
observe(server);
server.tool('get_user', { id: z.number() }, ({ id }) => ({
  content: [{ type: 'text', text: `{"id":${id},"name":"Ada Lovelace","email":"ada@example.org"}` }],
}));
const [ours, theirs] = InMemoryTransport.createLinkedPair();
let answered: (message: object) => void = () => undefined;
// oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's transports have no other way
theirs.onmessage = (message) => answered(message);
await server.connect(ours);
await theirs.start();

let lastId = 0;
const call = (): Promise<object> => {
  const answer = new Promise<object>((resolve) => {
    answered = resolve;
  });
  lastId += 1;
  void theirs.send({
    jsonrpc: '2.0',
    id: lastId,
    method: 'tools/call',
    params: { name: 'get_user', arguments: { id: lastId } },
  });
  return answer;
};

async function measure(calls: number): Promise<Round> {
  const micros: number[] = [];
  const before = process.cpuUsage();
  for (let n = 0; n < calls; n++) {
    const startedAtMs = performance.now();
    await call();
    micros.push((performance.now() - startedAtMs) * 1000);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: (user + system) / calls, p50Us: quantile(micros, 0.5) };
}

const first = await call();
if (!JSON.stringify(first).includes('Lovelace')) {
  throw new Error(`tools/call: want the user, got ${JSON.stringify(first)}`);
}
process.on('message', (order: { readonly calls: number }) => {
  void measure(order.calls).then((round) => process.send?.(round));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
