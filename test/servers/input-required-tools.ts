import {
  acceptedContent,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import type {
  InputRequest,
  InputRequiredResult,
  McpServer,
  ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { text } from './content-tools.ts';

/** Seals the state that goes through the client; give `verify` to the server's options. */
export const stateCodec = createRequestStateCodec<string>({
  key: 'a key that only this test server has, 32 bytes',
});

const nameSchema = z.object({ name: z.string() });
const colorSchema = z.object({ color: z.string() });
const confirmSchema = z.object({ ok: z.boolean() });

function ask(message: string, field: string, type: 'string' | 'boolean' = 'string'): InputRequest {
  const property = type === 'string' ? ({ type: 'string' } as const) : ({ type: 'boolean' } as const);
  return inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [field]: property }, required: [field] },
  });
}

function sample(prompt: string, maxTokens: number): InputRequest {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
    maxTokens,
  });
}

async function withState(
  state: string,
  inputRequests: Record<string, InputRequest>,
): Promise<InputRequiredResult> {
  return inputRequired({ inputRequests, requestState: await stateCodec.mint(state) });
}

async function confirmed(ctx: ServerContext): Promise<ReturnType<typeof text> | InputRequiredResult> {
  const { inputResponses, requestState } = ctx.mcpReq;
  if (acceptedContent(inputResponses, 'confirm', confirmSchema) && requestState<string>() === 'confirming') {
    return text('state-ok');
  }
  return withState('confirming', { confirm: ask('Please confirm', 'ok', 'boolean') });
}

/** Tools and a prompt that answer with `input_required` until the client has given what they ask for (SEP-2322). */
export function registerInputRequiredTools(server: McpServer): void {
  server.registerTool(
    'test_input_required_result_elicitation',
    { description: 'Asks for a name.' },
    async (ctx) => {
      const user = acceptedContent(ctx.mcpReq.inputResponses, 'user_name', nameSchema);
      if (user !== undefined) return text(`Hello, ${user.name}!`);
      return inputRequired({ inputRequests: { user_name: ask('What is your name?', 'name') } });
    },
  );
  server.registerTool('test_streaming_elicitation', { description: 'Asks for a name.' }, async (ctx) => {
    const user = acceptedContent(ctx.mcpReq.inputResponses, 'user_name', nameSchema);
    if (user !== undefined) return text(`Hello, ${user.name}!`);
    return inputRequired({ inputRequests: { user_name: ask('What is your name?', 'name') } });
  });
  server.registerTool(
    'test_input_required_result_sampling',
    { description: 'Asks the model.' },
    async (ctx) => {
      const answer = inputResponse(ctx.mcpReq.inputResponses, 'capital_question');
      if (answer.kind === 'sampling') return text(JSON.stringify(answer.result.content));
      return inputRequired({
        inputRequests: { capital_question: sample('What is the capital of France?', 100) },
      });
    },
  );
  server.registerTool(
    'test_input_required_result_list_roots',
    { description: 'Asks for roots.' },
    async (ctx) => {
      const answer = inputResponse(ctx.mcpReq.inputResponses, 'client_roots');
      if (answer.kind === 'roots') return text(answer.roots.map((root) => root.uri).join(', '));
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
  );
  server.registerTool(
    'test_input_required_result_request_state',
    { description: 'Keeps a state.' },
    confirmed,
  );
  server.registerTool(
    'test_input_required_result_tampered_state',
    { description: 'Seals a state.' },
    confirmed,
  );
  server.registerTool(
    'test_input_required_result_multiple_inputs',
    { description: 'Asks for a name, a greeting and roots at once.' },
    async ({ mcpReq: { inputResponses } }) => {
      const user = acceptedContent(inputResponses, 'user_name', nameSchema);
      const greeting = inputResponse(inputResponses, 'greeting');
      const roots = inputResponse(inputResponses, 'client_roots');
      if (user !== undefined && greeting.kind === 'sampling' && roots.kind === 'roots') {
        return text(`${user.name}: ${JSON.stringify(greeting.result.content)}, ${roots.roots.length} roots`);
      }
      return withState('several', {
        user_name: ask('What is your name?', 'name'),
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      });
    },
  );
  server.registerTool(
    'test_input_required_result_multi_round',
    { description: 'Asks twice, one after the other.' },
    async ({ mcpReq: { inputResponses, requestState } }) => {
      const [round = '', name = ''] = requestState<string>()?.split(':') ?? [];
      const color = acceptedContent(inputResponses, 'step2', colorSchema);
      if (round === 'second' && color !== undefined) return text(`${name} likes ${color.color}`);
      const user = acceptedContent(inputResponses, 'step1', nameSchema);
      if (round === 'first' && user !== undefined) {
        return withState(`second:${user.name}`, {
          step2: ask('Step 2: What is your favorite color?', 'color'),
        });
      }
      return withState('first', { step1: ask('Step 1: What is your name?', 'name') });
    },
  );
  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Asks only for what the client can do.' },
    async (ctx) => {
      const { inputResponses } = ctx.mcpReq;
      if (inputResponses !== undefined) return text(`answered: ${Object.keys(inputResponses).join(', ')}`);
      const can = server.server.getClientCapabilities();
      const inputRequests = {
        ...(can?.elicitation !== undefined && { user_name: ask('What is your name?', 'name') }),
        ...(can?.sampling !== undefined && { greeting: sample('Generate a greeting', 50) }),
        ...(can?.roots !== undefined && { client_roots: inputRequired.listRoots() }),
      };
      return Object.keys(inputRequests).length > 0
        ? inputRequired({ inputRequests })
        : text('nothing to ask');
    },
  );
  server.registerTool(
    'test_missing_capability',
    { description: 'Cannot do without sampling.' },
    async (ctx) =>
      inputResponse(ctx.mcpReq.inputResponses, 'idea').kind === 'sampling'
        ? text('sampling is available')
        : // The SDK refuses this with -32021 where the client has not declared sampling.
          inputRequired({ inputRequests: { idea: sample('Any idea?', 50) } }),
  );
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Asks for a context.' },
    async (ctx) => {
      const given = acceptedContent(
        ctx.mcpReq.inputResponses,
        'user_context',
        z.object({ context: z.string() }),
      );
      if (given === undefined) {
        return inputRequired({
          inputRequests: { user_context: ask('What context should the prompt use?', 'context') },
        });
      }
      return { messages: [{ role: 'user', content: { type: 'text', text: `Context: ${given.context}` } }] };
    },
  );
}
