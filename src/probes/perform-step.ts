import type { JsonSchemaType, Tool } from '@modelcontextprotocol/client';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv';
import type { Expectation, StepAction } from '../model/probe.ts';
import { checkAnswer } from './check-answer.ts';
import type { McpSession } from './mcp-session.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { ProbeRun } from './probe-run.ts';

/** The texts of a result: of a tool's content, of a resource's contents, of a prompt's messages. */
function textsOf(result: unknown): string[] {
  if (Array.isArray(result)) return result.flatMap(textsOf);
  if (typeof result !== 'object' || result === null) return [];
  const own = 'text' in result && typeof result.text === 'string' ? [result.text] : [];
  const inner = ['content', 'contents', 'messages', 'resource'] as const;
  const entries: Partial<Record<string, unknown>> = { ...result };
  return [...own, ...inner.flatMap((key) => textsOf(entries[key]))];
}

/** The result, with the first of its texts read as JSON beside it where that is JSON: many servers answer so. */
function documentOf(result: object, texts: readonly string[]): object {
  const [first] = texts;
  if (first === undefined || !/^\s*[[{]/.test(first)) return result;
  try {
    return { ...result, json: JSON.parse(first) as unknown };
  } catch {
    return result;
  }
}

async function request(session: McpSession, action: StepAction): Promise<object> {
  const { client } = session;
  if ('tool' in action) {
    return session.call((limits) =>
      client.callTool({ name: action.tool, arguments: { ...action.arguments } }, limits),
    );
  }
  if ('resource' in action) {
    return session.call((limits) =>
      client.readResource({ uri: action.resource }, { ...limits, cacheMode: 'bypass' }),
    );
  }
  if ('prompt' in action) {
    return session.call((limits) =>
      client.getPrompt({ name: action.prompt, arguments: { ...action.arguments } }, limits),
    );
  }
  return session.call((limits): Promise<object> => {
    const options = { ...limits, cacheMode: 'bypass' } as const;
    if (action.list === 'tools') return client.listTools({}, options);
    if (action.list === 'resources') return client.listResources({}, options);
    return client.listPrompts({}, options);
  });
}

function checkToolResult(tool: string, result: object, expect: Expectation, texts: readonly string[]): void {
  const isError = 'isError' in result && result.isError === true;
  if (expect.isError === true && !isError) {
    throw new ProbeFailure('assertion', `tool ${tool}: want isError, got a result without it`);
  }
  if (expect.isError !== true && isError) {
    throw new ProbeFailure(
      'tool_error',
      `tool ${tool}: ${texts.join(' ').slice(0, 300) || 'isError without a text'}`,
    );
  }
}

/** Holds a tool's structured content against the schema that the server declares for it. */
async function checkOutputSchema(session: McpSession, name: string, result: object): Promise<void> {
  const { tools } = await session.ask((limits) =>
    session.client.listTools({}, { ...limits, cacheMode: 'bypass' }),
  );
  const tool = tools.find((each: Tool) => each.name === name);
  if (tool?.outputSchema === undefined) {
    throw new ProbeFailure('assertion', `tool ${name}: want an output schema to check against, got none`);
  }
  const content = 'structuredContent' in result ? result.structuredContent : undefined;
  if (content === undefined) {
    throw new ProbeFailure('assertion', `tool ${name}: want structured content, got none`);
  }
  // What a server sent as its schema is one, or the validator says that it is not.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const validate = new AjvJsonSchemaValidator().getValidator(tool.outputSchema as JsonSchemaType);
  const checked = validate(content);
  if (!checked.valid) {
    throw new ProbeFailure(
      'assertion',
      `tool ${name}: want structured content of its output schema, got: ${checked.errorMessage}`,
    );
  }
}

/**
 * Makes one measured request and holds its answer against what is expected.
 * @returns what JSON paths start from, for the steps after it.
 * @throws what is wrong, as `judgeFailure` reads it.
 */
export async function performStep(
  run: ProbeRun,
  session: McpSession,
  action: StepAction,
  expect: Expectation,
): Promise<object> {
  const result = await request(session, action);
  const texts = textsOf(result);
  if ('tool' in action) checkToolResult(action.tool, result, expect, texts);
  const document = documentOf(result, texts);
  const bytes = Buffer.byteLength(JSON.stringify(result));
  checkAnswer({ document, text: texts.join('\n'), bytes, durationMs: run.phases.lastCallMs() ?? 0 }, expect);
  if ('tool' in action && expect.outputSchema === true && expect.isError !== true) {
    await checkOutputSchema(session, action.tool, result);
  }
  return document;
}
