import { setTimeout as sleep } from 'node:timers/promises';
import type {
  CallToolResult,
  ElicitRequestFormParams,
  McpServer,
  ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { progressTokenOf, text } from './content-tools.ts';

type Form = ElicitRequestFormParams['requestedSchema'];

const defaultsForm: Form = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'User name', default: 'John Doe' },
    age: { type: 'integer', description: 'User age', default: 30 },
    score: { type: 'number', description: 'User score', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', description: 'Verification status', default: true },
  },
  required: [],
};

const options = ['option1', 'option2', 'option3'];
const titled = ['First', 'Second', 'Third'].map((title, n) => ({ const: `value${n + 1}`, title }));

const enumsForm: Form = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: options },
    titledSingle: { type: 'string', oneOf: titled },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
    titledMulti: { type: 'array', items: { anyOf: titled } },
  },
  required: [],
};

async function elicit(
  ctx: ServerContext,
  message: string,
  requestedSchema: Form,
  prefix: string,
): Promise<CallToolResult> {
  const { action, content = {} } = await ctx.mcpReq.elicitInput({ mode: 'form', message, requestedSchema });
  return text(`${prefix}: action=${action}, content=${JSON.stringify(content)}`);
}

async function log(ctx: ServerContext, data: string): Promise<void> {
  await ctx.mcpReq.log('info', data, 'full-server');
}

/** Tools that talk to the client while they work: log, progress, sampling, elicitation, and a stream closed midway. */
export function registerInteractiveTools(server: McpServer): void {
  server.registerTool('test_tool_with_logging', { description: 'Logs three lines.' }, async (ctx) => {
    await log(ctx, 'Tool execution started');
    await sleep(50);
    await log(ctx, 'Tool processing data');
    await sleep(50);
    await log(ctx, 'Tool execution completed');
    return text('Tool with logging executed successfully');
  });
  server.registerTool('test_logging_tool', { description: 'Logs a line.' }, async (ctx) => {
    await log(ctx, 'a line');
    return text('logged');
  });
  server.registerTool('test_tool_with_progress', { description: 'Reports progress.' }, async ({ mcpReq }) => {
    const progressToken = progressTokenOf(mcpReq);
    for (const progress of [0, 50, 100]) {
      if (progress > 0) await sleep(50);
      if (progressToken === undefined) continue;
      await mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 100, message: `Completed step ${progress} of 100` },
      });
    }
    return text('Tool with progress executed successfully');
  });
  server.registerTool(
    'test_sampling',
    { description: 'Asks the client’s model.', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, ctx) => {
      const { content } = await ctx.mcpReq.requestSampling({
        messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
        maxTokens: 100,
      });
      const first = Array.isArray(content) ? content[0] : content;
      return text(`LLM response: ${first?.type === 'text' ? first.text : JSON.stringify(first)}`);
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user.', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, ctx) =>
      elicit(
        ctx,
        message,
        {
          type: 'object',
          properties: {
            username: { type: 'string', description: "User's response" },
            email: { type: 'string', description: "User's email address" },
          },
          required: ['username', 'email'],
        },
        'User response',
      ),
  );
  server.registerTool(
    'test_elicitation_sep1034_defaults',
    { description: 'Asks with a default value for each type.' },
    async (ctx) => elicit(ctx, 'Please review the fields', defaultsForm, 'Elicitation completed'),
  );
  server.registerTool(
    'test_elicitation_sep1330_enums',
    { description: 'Asks with each kind of enumeration.' },
    async (ctx) => elicit(ctx, 'Please select options', enumsForm, 'Elicitation completed'),
  );
  server.registerTool(
    'test_reconnection',
    {
      description:
        'Closes the stream of the call; the answer comes after the client has resumed it (SEP-1699).',
    },
    async (ctx) => {
      // The priming event has to be on the wire before the stream ends.
      await sleep(50);
      ctx.http?.closeSSE?.();
      await sleep(100);
      return text('Reconnection test completed successfully');
    },
  );
}
