import { outcome } from './clients.ts';
import type { TestClient } from './clients.ts';
import { eventually } from './eventually.ts';

/** Answers in the order of the calls, and how many progress notifications came. */
export interface Work {
  readonly answers: readonly unknown[];
  readonly progressCount: number;
}

/** Waits until the server, which registers some tools late, has declared a tool. */
async function awaitTool(client: TestClient, name: string): Promise<void> {
  await eventually(async () => {
    const listed = JSON.stringify(await client.listTools());
    if (!listed.includes(`"${name}"`)) throw new Error(`tools/list: want ${name}, got ${listed}`);
  });
}

/** Calls that server-everything answers the same each time: every kind of answer that there is in the legacy era. */
export async function workWithEverything(client: TestClient): Promise<Work> {
  await awaitTool(client, 'get-roots-list');
  const answers: unknown[] = [];
  const keep = async (call: Promise<unknown>): Promise<void> => {
    answers.push(await outcome(call));
  };
  let progressCount = 0;
  const onprogress = (): void => {
    progressCount += 1;
  };
  await keep(client.listTools());
  await keep(client.callTool('echo', { message: 'one' }));
  await keep(client.callTool('echo', { message: 'größer als 日本 🙂' }));
  await keep(client.callTool('get-sum', { a: 40, b: 2 }));
  await keep(client.callTool('get-sum', { a: 'forty' }));
  await keep(client.callTool('no-such-tool'));
  await keep(client.callTool('get-tiny-image'));
  await keep(client.callTool('get-structured-content', { location: 'Chicago' }));
  await keep(client.callTool('trigger-long-running-operation', { duration: 0.4, steps: 4 }, { onprogress }));
  await keep(client.callTool('trigger-elicitation-request'));
  await keep(client.callTool('trigger-sampling-request', { prompt: 'a prompt', maxTokens: 10 }));
  await keep(client.readResource('demo://resource/static/document/features.md'));
  await keep(client.readResource('demo://no-such-resource'));
  await keep(client.getPrompt('args-prompt', { city: 'Paris' }));
  await keep(client.getPrompt('no-such-prompt'));

  const leaving = new AbortController();
  const cancelled = client.callTool(
    'trigger-long-running-operation',
    { duration: 30, steps: 150 },
    { signal: leaving.signal, onprogress: () => leaving.abort() },
  );
  await keep(cancelled);
  return { answers, progressCount };
}

/** What {@link workWithEverything} is in the documented histogram: `"<tool> <status>"` → calls. */
export const everythingCalls = {
  'echo ok': 2,
  'get-sum ok': 1,
  'get-sum tool_error': 1,
  'other tool_error': 1,
  'get-tiny-image ok': 1,
  'get-structured-content ok': 1,
  'trigger-long-running-operation ok': 1,
  'trigger-elicitation-request ok': 1,
  'trigger-sampling-request ok': 1,
  'trigger-long-running-operation cancelled': 1,
};

/** The same in OpenTelemetry's histogram: `"<tool> <error type or ->"` → operations. */
export const everythingOperations = {
  'echo -': 2,
  'get-sum -': 1,
  'get-sum tool_error': 1,
  'other tool_error': 1,
  'get-tiny-image -': 1,
  'get-structured-content -': 1,
  'trigger-long-running-operation -': 1,
  'trigger-elicitation-request -': 1,
  'trigger-sampling-request -': 1,
  'trigger-long-running-operation cancelled': 1,
};
