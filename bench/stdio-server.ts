// The MCP server behind the gateways: JSON lines over stdio, with the same answer as upstream.ts.
import readline from 'node:readline';
import { answerAroundId, initializeResult, TOOLS_RESULT } from './payload.ts';

const ANSWER = answerAroundId();

interface Message {
  readonly method?: string;
  readonly id?: number | string;
  readonly params?: { readonly protocolVersion?: string };
}

function answer(line: string): string | undefined {
  const message: Message = JSON.parse(line);
  if (message.id === undefined || message.method === undefined) return undefined;
  if (message.method === 'tools/call') return ANSWER.before + JSON.stringify(message.id) + ANSWER.after;
  let result: object = {};
  if (message.method === 'initialize')
    result = initializeResult(message.params?.protocolVersion ?? '2025-06-18');
  if (message.method === 'tools/list') result = TOOLS_RESULT;
  return JSON.stringify({ result, jsonrpc: '2.0', id: message.id });
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const text = answer(line);
  if (text !== undefined) process.stdout.write(`${text}\n`);
});
process.stdin.on('end', () => process.exit(0));
