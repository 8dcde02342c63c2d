import { AskError } from './ask-error.ts';
import type { McpSession } from './call-end.ts';
import type { ChosenTool } from './choose-tools.ts';
import { isMapping, readTools, type DeclaredTool } from './declared-tool.ts';
import { argumentSets } from './make-calls.ts';

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

/** What the text of a result with `isError` says. */
function toolErrorText(result: unknown): string | undefined {
  if (!isMapping(result) || result['isError'] !== true) return undefined;
  const first: unknown = Array.isArray(result['content']) ? result['content'][0] : undefined;
  const text = isMapping(first) && typeof first['text'] === 'string' ? first['text'] : '';
  return `tool error${text === '' ? '' : ` ${JSON.stringify(text.split('\n', 1)[0]?.slice(0, 120))}`}`;
}

/** Why a call of a tool failed; undefined if it went well. */
async function tryOnce(
  session: McpSession,
  name: string,
  values: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  try {
    return toolErrorText(await session.ask('tools/call', { name, arguments: values }, TRIAL_MS));
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    return error.outcome.kind === 'timeout' ? `no answer within ${TRIAL_MS / 1000} s` : error.message;
  }
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
  const kept: ChosenTool[] = [];
  for (const chosen of tools) {
    const { name } = chosen.tool;
    let problem: string | undefined;
    for (const values of argumentSets(chosen, seed).slice(0, TRIES)) {
      problem = await tryOnce(session, name, values);
      if (problem === undefined) break;
    }
    const isNamed = chosen.choice !== undefined;
    if (problem === undefined || isNamed) kept.push(chosen);
    if (problem !== undefined) {
      const made = chosen.choice?.arguments === undefined ? 'made-up arguments' : 'its arguments';
      notes.push(`${isNamed ? '' : 'left out: '}${name} called with ${made} gave ${problem}`);
    }
  }
  const sum = kept.reduce((total, each) => total + each.share, 0);
  return { tools: kept.map((each) => ({ ...each, share: each.share / sum })), notes };
}
