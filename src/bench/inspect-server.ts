import type { CallOutcome } from '../mcp/call-outcome.ts';
import { visibleText } from '../model/visible-text.ts';
import { outcomeText } from './ask-error.ts';
import type { McpSession } from './call-end.ts';
import type { ChosenTool } from './choose-tools.ts';
import { isMapping, readTools, type DeclaredTool } from './declared-tool.ts';
import { listSome } from './list-some.ts';
import { makeCalls } from './make-calls.ts';
import type { PlannedCall } from './planned-call.ts';

const MOST_PAGES = 100;
/** A tool that takes longer unloaded is none to load a server with unless it is asked for. */
const TRIAL_MS = 5000;
/** Sets of arguments that are tried before a tool is taken for one that refuses made-up ones. */
const TRIES = 3;

/**
 * Lists the tools that a server declares, all pages.
 * @throws AskError if it does not.
 */
export async function listTools(session: McpSession, timeoutMs: number): Promise<readonly DeclaredTool[]> {
  const tools: DeclaredTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const result = await session.ask('tools/list', cursor === undefined ? {} : { cursor }, timeoutMs);
    tools.push(...readTools(result));
    const next = isMapping(result) ? result['nextCursor'] : undefined;
    if (typeof next !== 'string' || next === '') break;
    cursor = next;
  }
  return tools;
}

/** Why the end of a call is no good answer; undefined if it is one. */
function problemOf(outcome: CallOutcome): string | undefined {
  if (outcome.kind === 'timeout') return `no answer within ${TRIAL_MS / 1000} s`;
  if (outcome.kind !== 'answer') return outcomeText(outcome);
  const { facts } = outcome;
  const text = facts.errorText?.split('\n', 1)[0]?.slice(0, 100) ?? '';
  if (facts.hasError) return `error ${facts.errorCode ?? ''} ${visibleText(text)}`.trim();
  if (facts.isError) return `tool error ${visibleText(text)}`.trim();
  if (facts.hasTask) return 'a task';
  return facts.resultType === undefined || facts.resultType === 'complete' ? undefined : facts.resultType;
}

/** Makes one call; resolves to why it failed, or undefined. */
async function tryOnce(session: McpSession, call: PlannedCall): Promise<string | undefined> {
  const ended = Promise.withResolvers<CallOutcome>();
  const open = session.call(call, ({ outcome }) => ended.resolve(outcome));
  const timer = setTimeout(() => open.abandon({ kind: 'timeout', phase: 'headers' }), TRIAL_MS);
  const outcome = await ended.promise;
  clearTimeout(timer);
  return problemOf(outcome);
}

/** What came of calling each tool once. */
export interface Trial {
  readonly tools: readonly ChosenTool[];
  readonly notes: readonly string[];
}

/**
 * Calls each tool before the load, so that a run does not measure how fast a server refuses. A tool that was found by
 * itself and does not take what was made up for it is left out; one that the user named stays.
 */
export async function tryTools(
  session: McpSession,
  tools: readonly ChosenTool[],
  seed: number,
): Promise<Trial> {
  const notes: string[] = [];
  const refused: string[] = [];
  const kept: ChosenTool[] = [];
  for (const chosen of tools) {
    const { name } = chosen.tool;
    let problem: string | undefined;
    for (const call of makeCalls(chosen, 0, session.agreement, seed).slice(0, TRIES)) {
      problem = await tryOnce(session, call);
      if (problem === undefined) break;
    }
    const isNamed = chosen.choice !== undefined;
    if (problem === undefined || isNamed) kept.push(chosen);
    if (problem === undefined) continue;
    if (isNamed) notes.push(`${name} is called though a call before the load gave ${problem}`);
    else refused.push(`${name} (${problem})`);
  }
  if (refused.length > 0) notes.push(`left out, they do not take made-up arguments: ${listSome(refused, 3)}`);
  const sum = kept.reduce((total, each) => total + each.share, 0);
  return { tools: kept.map((each) => ({ ...each, share: each.share / sum })), notes };
}
