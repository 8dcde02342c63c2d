import { describe, expect, it } from '@jest/globals';
import { Registry } from '@prometheus-io/client';
import { exportSessions } from '../../src/metrics/session-metrics.ts';
import { exportParkedRequests } from '../../src/metrics/sidecar-metrics.ts';
import { SESSION_AGES, type SessionCensus } from '../../src/model/session-census.ts';

const census = (clients: Record<string, number>): SessionCensus => ({
  active: 0,
  silent: 0,
  byAge: new Map(SESSION_AGES.map(({ label }, index) => [label, index])),
  byClient: new Map(Object.entries(clients).map(([name, active]) => [name, { active, silent: 0 }])),
});

async function series(registry: Registry): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the open sessions on the page', () => {
  it('are told by age and client, as counted at the scrape', async () => {
    const registry = new Registry();
    let counted = census({ cursor: 3, 'x-1': 2, 'x-2': 5 });
    exportSessions(
      registry,
      () => counted,
      (name) => (name.startsWith('x') ? 'other' : name),
    );
    const ages = SESSION_AGES.map(
      ({ label }, index) => `mcp_sessions_active_by_age{age="${label}"} ${index}`,
    );
    expect(await series(registry)).toEqual([
      ...ages,
      'mcp_sessions_active_by_client{client="cursor"} 3',
      'mcp_sessions_active_by_client{client="other"} 7',
    ]);
    counted = census({ 'x-2': 1 });
    expect(await series(registry)).toEqual([...ages, 'mcp_sessions_active_by_client{client="other"} 1']);
  });
});

describe('parked requests on the page', () => {
  it('are absent where there is no limit', async () => {
    const registry = new Registry();
    let parked: number | undefined = 0;
    exportParkedRequests(registry, () => parked);
    expect(await series(registry)).toEqual(['mcp_requests_parked 0']);
    parked = undefined;
    expect(await series(registry)).toEqual([]);
    parked = 2;
    expect(await series(registry)).toEqual(['mcp_requests_parked 2']);
  });
});
