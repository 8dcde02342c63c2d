import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { startProcess, type TestProcess } from '../harness/start-process.ts';
import { venvPython } from '../harness/servers.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { pathOf, setUpCapture } from './capture-setup.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 30_000);

const program = inRepository('.cache', 'venv', 'bin', 'py-spy');

const BUSY_SERVER = `
import time
def handle_session():
    until = time.time() + 0.05
    while time.time() < until:
        pass
def wait_for_client():
    time.sleep(0.01)
print("ready", flush=True)
while True:
    handle_session()
    wait_for_client()
`;

describeWith(program, 'py-spy 0.4.3 is installed by .ci/run')('py-spy as evidence', () => {
  let server: TestProcess;
  beforeAll(async () => {
    server = stack.use(
      await startProcess({ command: venvPython, args: ['-c', BUSY_SERVER], ready: [/ready/] }),
    );
  }, 30_000);

  it.each([
    ['where the threads are', 0, /^Process \d+:[^]*handle_session|wait_for_client/],
    ['where the time goes', 1000, /handle_session \(<string>:\d+\) \d+/],
  ])('tells %s', async (_, recordMs, expected) => {
    const { evidence } = stack.use(setUpCapture({ kind: 'py-spy', program, recordMs }, { pid: server.pid }));
    expect(readFileSync(pathOf(await evidence.capture('memory')), 'utf8')).toMatch(expected);
  });

  it('is a failure where there is no such process', async () => {
    const { evidence } = stack.use(
      setUpCapture({ kind: 'py-spy', program, recordMs: 0 }, { pid: 2 ** 22 - 1 }),
    );
    expect(await evidence.capture('memory')).toMatchObject({
      result: 'failed',
      reason: expect.stringContaining('py-spy: want exit code 0, got 1 ('),
    });
  });
});
