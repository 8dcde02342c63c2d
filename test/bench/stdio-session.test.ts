import { describe, expect, it } from '@jest/globals';
import type { CallEnd } from '../../src/bench/call-end.ts';
import { errorKind } from '../../src/bench/error-kind.ts';
import { listTools } from '../../src/bench/inspect-server.ts';
import { CLIENT_INFO, VERSIONS } from '../../src/bench/negotiate.ts';
import { planCall } from '../../src/bench/planned-call.ts';
import { readLines } from '../../src/bench/stdio-process.ts';
import { openStdioSession, type StdioSession } from '../../src/bench/stdio-session.ts';
import { judge } from '../../src/mcp/call-outcome.ts';
import { eventually } from '../harness/eventually.ts';
import { stdioServers } from '../harness/servers.ts';

const open = (
  command: readonly string[],
  era: 'auto' | 'legacy' | 'modern' = 'auto',
): Promise<StdioSession> =>
  openStdioSession(
    {
      command: { command, env: process.env },
      wire: { sent: 0, received: 0 },
      nowMs: () => performance.now(),
      timeoutMs: 20_000,
    },
    era,
  );

const callAll = (
  session: StdioSession,
  tool: string,
  values: readonly Record<string, unknown>[],
): Promise<string[]> =>
  Promise.all(
    values.map(
      (each) =>
        new Promise<string>((resolve) => {
          const meta =
            session.agreement.era === 'modern'
              ? { protocolVersion: VERSIONS.modern, clientInfo: CLIENT_INFO }
              : undefined;
          session.call(planCall({ name: tool, inputSchema: {} }, 0, each, meta), ({ outcome }: CallEnd) =>
            resolve(errorKind(judge(outcome, 'tools/call', []))),
          );
        }),
    ),
  );

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a session over stdio', () => {
  it('makes many calls at once to a legacy server, and ends it', async () => {
    const session = await open(stdioServers.everything);
    expect(session.agreement).toMatchObject({ era: 'legacy' });
    expect((await listTools(session, 10_000)).map(({ name }) => name)).toContain('echo');
    const kinds = await callAll(
      session,
      'echo',
      Array.from({ length: 50 }, (_, i) => ({ message: `m${i}` })),
    );
    expect(new Set(kinds)).toEqual(new Set(['ok']));
    await session.close();
    await eventually(() => expect(isAlive(session.pid)).toBe(false));
  }, 60_000);

  it('speaks the modern era to a server that does', async () => {
    const session = await open(stdioServers.full);
    expect(session.agreement).toMatchObject({ era: 'modern', protocolVersion: '2026-07-28' });
    expect(await callAll(session, 'add', [{ a: 1, b: 2 }])).toEqual(['ok']);
    expect(await callAll(session, 'test_error_handling', [{}])).toEqual(['tool_error']);
    await session.close();
  }, 60_000);

  it('settles what is under way when the server ends', async () => {
    const session = await open(stdioServers.full, 'legacy');
    const slow = callAll(session, 'slow', [{ ms: 60_000 }]);
    process.kill(session.pid, 'SIGKILL');
    expect(await slow).toEqual(['server_exited']);
    expect(session.isUsable()).toBe(false);
    expect(await callAll(session, 'add', [{}])).toEqual(['server_exited']);
    await session.close();
  }, 60_000);

  it('says in one line that a program cannot be started', async () => {
    await expect(open(['/no/such/program'])).rejects.toThrow(
      'start /no/such/program: want a running process, got ENOENT',
    );
  });
});

describe('readLines', () => {
  it.each([1, 2, 5, 100])('gives whole lines when the bytes come %i at a time', (size) => {
    const lines: string[] = [];
    const read = readLines((chunk, start, end) => lines.push(chunk.toString('utf8', start, end)));
    const bytes = Buffer.from('{"a":1}\n\n{"b":"ä"}\nrest');
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
    expect(lines).toEqual(['{"a":1}', '', '{"b":"ä"}']);
  });
});
