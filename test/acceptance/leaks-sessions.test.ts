import { afterAll, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { startEverything } from '../harness/servers.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { post, startTwin, visitBoth, type Twin } from './leaking-twins.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** A heap that a server dies of: without a limit V8 would let garbage lie for as long as the test lasts. */
const heap = { NODE_OPTIONS: '--max-old-space-size=150 --max-semi-space-size=2' };
const limit = ['--detectors.limits.memory', '200MiB'];

async function useSession(twin: Twin): Promise<string | undefined> {
  const clientInfo = { name: 'visitor', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  const session = await post(twin, { id: 0, method: 'initialize', params });
  await post(twin, { method: 'notifications/initialized' }, session);
  await post(
    twin,
    { id: 1, method: 'tools/call', params: { name: 'echo', arguments: { message: 'x' } } },
    session,
  );
  return session;
}

test('sessions that nobody deletes are reported before the server dies of them, and its twin with DELETE is not', async () => {
  const servers = await Promise.all([
    startEverything('streamableHttp', [], heap),
    startEverything('streamableHttp', [], heap),
  ]);
  servers.forEach(stack.use);
  const [leaking, healthy] = await Promise.all(servers.map((server) => startTwin(server, limit)));
  if (!leaking || !healthy) throw new Error('twins: want two, got fewer');
  [leaking, healthy].forEach(stack.use);
  const load = visitBoth([leaking, healthy], 50, async (twin) => {
    const session = await useSession(twin);
    if (twin === leaking || session === undefined) return;
    await fetch(`${twin.sidecar.listenUrl}/mcp`, {
      method: 'DELETE',
      headers: { 'mcp-session-id': session },
    });
  });

  await eventually(() => expect(leaking.alarms()).not.toEqual([]), 90_000);
  expect(leaking.alarms()[0]).toMatch(
    /^warn detector memory: (ticket|urgent|page): grows .* of the limit 200 MiB an hour\), limit in .*clients do not send DELETE; all of these are of visitor$/,
  );
  await load.stop();
  expect(servers[0]?.stderr()).not.toContain('out of memory');
  expect(healthy.alarms()).toEqual([]);
  expect(leaking.sidecar.sessionInsight()).toMatchObject({ diagnosis: 'clients_send_no_delete' });
  expect(healthy.sidecar.sessionInsight()).toMatchObject({
    diagnosis: 'sessions_are_closed',
    clients: [{ client: 'visitor', left: 0 }],
  });
}, 150_000);
