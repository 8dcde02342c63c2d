import { afterAll, describe, expect, test } from '@jest/globals';
import { passedScenarios, runConformance } from '../harness/conformance.ts';
import type { ConformanceRelease } from '../harness/conformance.ts';
import { startEverything, startFullServer } from '../harness/servers.ts';
import type { UpstreamServer } from '../harness/servers.ts';
import { startSidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const everything = (): Promise<UpstreamServer> => startEverything('streamableHttp');

/** What each release runs (`scenarios`) and how many of them the server passes without a sidecar, at least. */
const cases: readonly {
  release: ConformanceRelease;
  name: string;
  start: () => Promise<UpstreamServer>;
  scenarios: number;
  passed: number;
}[] = [
  { release: 'conformance-stable', name: 'server-everything', start: everything, scenarios: 32, passed: 11 },
  { release: 'conformance-alpha', name: 'server-everything', start: everything, scenarios: 65, passed: 12 },
  {
    release: 'conformance-stable',
    name: 'the full server',
    start: startFullServer,
    scenarios: 32,
    passed: 28,
  },
  {
    release: 'conformance-alpha',
    name: 'the full server',
    start: startFullServer,
    scenarios: 65,
    passed: 45,
  },
];

describe.each(cases)('$release against $name', ({ release, start, scenarios, passed }) => {
  test('gives the same result through the sidecar, check by check', async () => {
    const server = stack.use(await start());
    const sidecar = stack.use(await startSidecar(['--upstream', server.url]));
    const [direct, proxied] = await Promise.all([
      runConformance(release, `${server.url}/mcp`),
      runConformance(release, `${sidecar.url}/mcp`),
    ]);
    expect(Object.keys(direct).length).toBeGreaterThanOrEqual(scenarios);
    expect(passedScenarios(direct).length).toBeGreaterThanOrEqual(passed);
    expect(proxied).toEqual(direct);
  }, 180_000);
});
