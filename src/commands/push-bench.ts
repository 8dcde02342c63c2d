import { request } from 'undici';
import type { BenchPush } from '../model/bench-summary.ts';
import { failureText } from '../model/failure-text.ts';
import { visibleText } from '../model/visible-text.ts';

/** How long a sidecar may take. */
const DEADLINE_MS = 10_000;
const LONGEST_ANSWER = 2000;

/** What an answer says is wrong; its beginning where it is not one of ours. */
function errorOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      'error' in parsed &&
      typeof parsed.error === 'string'
    ) {
      return parsed.error;
    }
  } catch {
    // Not ours: a proxy's page, or another server's.
  }
  return text.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
}

/**
 * Hands load tests to the admin server of a sidecar.
 * @returns why it did not take them, in one line; undefined if it did.
 */
export async function pushBench(
  admin: URL,
  push: BenchPush,
  token: string | undefined,
): Promise<string | undefined> {
  const url = new URL(`${admin.pathname.replace(/\/+$/, '')}/api/v1/bench`, admin);
  const wanted = `--push ${admin.href}: want the sidecar to take it`;
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(push),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const text = (await answer.body.text()).slice(0, LONGEST_ANSWER);
    if (answer.statusCode === 200) return undefined;
    const hint = answer.statusCode === 401 ? ' (MCP_VITALS_ADMIN_TOKEN or admin.tokenFile)' : '';
    return visibleText(`${wanted}, got HTTP ${answer.statusCode}: ${errorOf(text)}${hint}`);
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return `${wanted}, got ${isLate ? `no answer within ${DEADLINE_MS / 1000} s` : failureText(error)}`;
  }
}
