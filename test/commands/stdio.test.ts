import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startHandServer } from '../harness/hand-server.ts';
import { mainPath } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 30_000);

/** Runs `mcp-vitals stdio` around a script of Node, with nothing to read, to its end. */
async function run(
  script: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; out: string; log: string }> {
  const argv = [mainPath, 'stdio', ...flags, '--', process.execPath, '-e', script];
  const child = spawn(process.execPath, argv, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, log, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, out, log };
}

describe('mcp-vitals stdio', () => {
  it("gives the server its client's environment, without the token of the metrics", async () => {
    const script = `console.log(process.env.FOR_THE_SERVER, process.env.MCP_VITALS_ADMIN_TOKEN)`;
    const env = { FOR_THE_SERVER: 'kept', MCP_VITALS_ADMIN_TOKEN: 'a-long-secret' };
    const { code, out } = await run(script, ['--admin', '127.0.0.1:0'], env);
    expect({ code, out }).toEqual({ code: 0, out: 'kept undefined\n' });
  }, 30_000);

  it('runs the server where the metrics port is taken, on another port, and says so', async () => {
    const occupant = stack.use(await startHandServer((_body, response) => void response.end()));
    const { code, out, log } = await run(`console.log('ran')`, ['--admin', `127.0.0.1:${occupant.port}`]);
    expect({ code, out }).toEqual({ code: 0, out: 'ran\n' });
    expect(log).toMatch(/listen 127\.0\.0\.1:\d+: address already in use; the server runs all the same/);
    const port = /metrics on http:\/\/127\.0\.0\.1:(\d+)\/metrics/.exec(log)?.[1];
    expect(Number(port)).toBeGreaterThan(0);
    expect(Number(port)).not.toBe(occupant.port);
  }, 30_000);
});
