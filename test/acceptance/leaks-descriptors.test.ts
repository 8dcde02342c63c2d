import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { inRepository } from '../harness/repository.ts';
import { startProcess, type TestProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { post, startTwin, visitBoth } from './leaking-twins.ts';

const stack = createStopStack();
afterEach(stack.stopAll, 60_000);

/** Of so many files, sockets included, a server can open no further one. */
const MOST_FILES = 512;

async function startServer(
  backend: number,
  ...args: string[]
): Promise<TestProcess & { readonly url: string }> {
  const server = [process.execPath, inRepository('test', 'servers', 'leaking-server.ts')];
  const started = await startProcess({
    command: 'sh',
    args: [
      '-c',
      `ulimit -n ${MOST_FILES} && exec "$@"`,
      'sh',
      ...server,
      '--backend',
      String(backend),
      ...args,
    ],
    ready: [/listening (http:\/\/[^\s/]+)\/mcp/],
  });
  return stack.use({ ...started, url: started.matches[0]?.[1] ?? '' });
}

/** Something that takes connections, and is closed to as soon as the other side is. */
async function startBackend(): Promise<number> {
  const backend = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve));
  stack.defer(() => new Promise((resolve) => void backend.close(resolve)));
  return (backend.address() as AddressInfo).port;
}

describe('a server of the SDK that runs into its limit of files', () => {
  it.each([
    ['files', 'read_file', /^warn detector open_files: \w+: grows .* of the limit 512 an hour\), limit in /],
    [
      'outbound connections',
      'ask_backend',
      /^warn detector (open_files|connections server): \w+: grows .* of the limit 512 an hour\), limit in /,
    ],
  ])(
    'over %s is reported before, and its twin is not',
    async (_, name, alarm) => {
      const backend = await startBackend();
      const servers = [await startServer(backend, '--leak'), await startServer(backend)];
      const [leaking, healthy] = await Promise.all(servers.map((server) => startTwin(server, [])));
      if (!leaking || !healthy) throw new Error('twins: want two, got fewer');
      [leaking, healthy].forEach(stack.use);
      const load = visitBoth([leaking, healthy], 13, async (twin) => {
        await post(twin, { id: 1, method: 'tools/call', params: { name, arguments: {} } });
      });

      await eventually(() => expect(leaking.alarms()).not.toEqual([]), 60_000);
      for (const line of leaking.alarms()) expect(line).toMatch(alarm);
      // None of its answers was an error so far: the load would have failed.
      await load.stop();
      expect(healthy.alarms()).toEqual([]);
    },
    120_000,
  );
});
