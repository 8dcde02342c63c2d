import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(settings: object, env: NodeJS.ProcessEnv = {}) {
  const file = join(folder, 'a.yaml');
  writeFileSync(file, stringify(settings));
  const loaded = loadConfig({ file, env, flags: [] });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded;
}

describe('a probe of the configuration', () => {
  it('takes what it does not say from the section, and its address and TLS from the upstream', () => {
    writeFileSync(join(folder, 'ca.pem'), '');
    const { config } = load({
      upstream: 'https://mcp.internal:8443',
      probes: {
        interval: '1m',
        timeout: '5s',
        retries: 1,
        jitter: '2s',
        timeZone: 'Europe/Berlin',
        list: [
          { name: 'a', kind: 'handshake', url: '/mcp' },
          {
            name: 'b',
            kind: 'tools',
            url: 'http://other/mcp',
            cron: '*/5 * * * *',
            timeout: '1s',
            retries: 0,
          },
        ],
      },
    });
    const [a, b] = config.probes.list;
    expect(a).toEqual({
      definition: {
        name: 'a',
        era: 'auto',
        check: { kind: 'handshake', capabilities: [] },
        timeoutMs: 5000,
        retries: 1,
        target: {
          over: 'http',
          url: 'https://mcp.internal:8443/mcp',
          transport: 'streamable',
          headers: {},
          tls: { verify: true },
        },
      },
      schedule: {
        every: { intervalMs: 60_000 },
        jitterMs: 2000,
        failureThreshold: 2,
        successThreshold: 1,
        enabled: true,
      },
    });
    expect(b?.schedule.every).toEqual({ cron: '*/5 * * * *', timeZone: 'Europe/Berlin' });
    expect(b?.definition).toMatchObject({ timeoutMs: 1000, retries: 0 });
  });

  it('has its files where the configuration is, and shows no query', () => {
    writeFileSync(join(folder, 'token'), 'x');
    const { config, effective } = load({
      probes: {
        list: [
          {
            name: 'a',
            kind: 'tools',
            url: 'http://h/mcp?key=s3cret',
            snapshotFile: 'tools.json',
            credentials: { headers: { 'X-Key': { file: 'token' } } },
          },
        ],
      },
    });
    const [a] = config.probes.list;
    expect(a?.definition.check).toMatchObject({ snapshotFile: join(folder, 'tools.json') });
    expect(a?.definition.credentials).toEqual({ headers: { 'X-Key': { file: join(folder, 'token') } } });
    expect(JSON.stringify(effective)).not.toContain('s3cret');
  });

  it('has arguments that are left as they are', () => {
    const args = { file: 'a.txt', url: 'http://h/?q=1', nested: [{ file: 'b.txt', cwd: '.' }] };
    const { config, effective } = load({
      probes: { list: [{ name: 'a', kind: 'tool', url: 'http://h/mcp', tool: 't', arguments: args }] },
    });
    expect(config.probes.list[0]?.definition.check).toMatchObject({ arguments: args });
    expect(effective).toMatchObject({ probes: { list: [{ arguments: args }] } });
  });

  it('of many steps is read as it is meant', () => {
    const { config } = load({
      probes: {
        list: [
          {
            name: 'a',
            kind: 'sequence',
            command: ['node', 'server.js'],
            steps: [
              { tool: 'create', arguments: { n: 1 }, capture: { id: '$.json.id' } },
              { prompt: 'p', arguments: { id: '{{id}}' }, expect: { matches: 'x.y', maxDuration: '2s' } },
              { resource: 'a://{{id}}', expect: { minBytes: '1KiB' } },
              { list: 'tools' },
            ],
          },
        ],
      },
    });
    expect(config.probes.list[0]?.definition.check).toEqual({
      kind: 'sequence',
      steps: [
        { action: { tool: 'create', arguments: { n: 1 } }, expect: {}, capture: { id: '$.json.id' } },
        {
          action: { prompt: 'p', arguments: { id: '{{id}}' } },
          expect: { matches: /x.y/s, maxDurationMs: 2000 },
          capture: {},
        },
        { action: { resource: 'a://{{id}}' }, expect: { minBytes: 1024 }, capture: {} },
        { action: { list: 'tools' }, expect: {}, capture: {} },
      ],
    });
  });

  it('with headers and variables that are used and never shown, since any of them may let its bearer in', () => {
    const headers = { Authorization: 'Bearer s3cret-1', 'X-Tenant': 's3cret-2' };
    const { config, effective } = load({
      probes: {
        list: [
          { name: 'a', kind: 'http', url: 'http://a/x', headers },
          { name: 'b', kind: 'handshake', command: ['server'], env: { API_KEY: 's3cret-3' } },
        ],
        modules: [{ name: 'c', kind: 'http', headers }],
      },
    });
    expect(JSON.stringify(config.probes.list.map(({ definition }) => definition))).toContain('s3cret-1');
    expect(JSON.stringify([config.shown, effective])).not.toContain('s3cret');
    expect(effective).toMatchObject({
      probes: {
        list: [
          { headers: { Authorization: '***', 'X-Tenant': '***' } },
          { command: ['server'], env: { API_KEY: '***' } },
        ],
        modules: [{ headers: { Authorization: '***' } }],
      },
    });
  });

  it('with modules, targets, maintenance and a state directory', () => {
    const { config } = load({
      state: { directory: 'state' },
      probes: {
        modules: [{ name: 'health', kind: 'http', status: [200, 204] }],
        targets: ['http://*.svc:8000/mcp'],
        maintenance: [
          { cron: '0 3 * * *', duration: '1h' },
          { from: '2026-12-24T18:00:00Z', to: '2026-12-25T06:00:00+01:00' },
        ],
      },
    });
    expect([...config.probes.modules.keys()]).toEqual(['handshake', 'health']);
    expect(config.probes.targets.map((each) => each.allows('http://a.svc:8000/mcp'))).toEqual([true]);
    expect(config.probes.maintenance).toEqual([
      { probes: [], cron: '0 3 * * *', timeZone: 'UTC', durationMs: 3_600_000 },
      { probes: [], fromMs: Date.parse('2026-12-24T18:00:00Z'), toMs: Date.parse('2026-12-25T05:00:00Z') },
    ]);
    expect(config.state?.directory).toBe(join(folder, 'state'));
  });
});
