import { describe, expect, it } from '@jest/globals';
import type { ListenTls } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { reload } from '../../src/config/reload.ts';

function load(...flags: string[]) {
  const loaded = loadConfig({ env: {}, flags });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

describe('a reload', () => {
  it('takes everything but what is bound at start', () => {
    const running = load('--upstream', 'http://old:1', '--listen', '127.0.0.1:1', '--admin', '127.0.0.1:2');
    const args = ['--upstream', 'http://new:1', '--listen', '127.0.0.1:3', '--admin', '127.0.0.1:4'];
    const loaded = load(...args, '--instance', 'new', '--listen.via');
    const { config, needRestart } = reload(running, loaded);
    expect(needRestart).toEqual(['instance', 'listen.address', 'admin.address']);
    expect(config).toEqual({
      ...loaded,
      shown: config.shown,
      instance: running.instance,
      listen: { ...loaded.listen, address: running.listen.address },
      admin: { ...loaded.admin, address: running.admin.address },
    });
  });

  it('shows the configuration that is in force', () => {
    const running = load('--upstream', 'http://old:1', '--admin', '127.0.0.1:2', '--page.history', '6h');
    const loaded = load('--upstream', 'http://new:1', '--admin', '127.0.0.1:4', '--page.history', '24h');
    const { config, needRestart } = reload(running, loaded);
    expect(needRestart).toEqual(['admin.address', 'page.history']);
    expect(config.page.historyMs).toBe(6 * 3_600_000);
    expect(config.shown).toMatchObject({
      upstream: { url: 'http://new:1' },
      admin: { address: '127.0.0.1:2' },
      page: { history: '6h' },
    });
  });

  it('keeps the state directory until a restart', () => {
    const { config, needRestart } = reload(load('--state.directory', '/a'), load('--state.directory', '/b'));
    expect([config.state, needRestart]).toEqual([{ directory: '/a' }, ['state.directory']]);
  });

  it('keeps the set-up and the baseline that the server is held against', () => {
    const running = load('--server.tier', '2');
    const { config, needRestart } = reload(running, load('--server.tier', '3', '--baseline', 'own.yaml'));
    expect(needRestart).toEqual(['server', 'baseline.file']);
    expect(config.server.tier).toBe(2);
    expect(config.baseline).toEqual({});
  });

  it('takes another certificate, but not TLS where there was none', () => {
    const plain = load();
    const one = { ...plain, listen: { ...plain.listen, tls: { cert: 'a', key: 'b' } } };
    const two = { ...plain, listen: { ...plain.listen, tls: { cert: 'c', key: 'd' } } };
    expect(reload(one, two)).toEqual({ config: two, needRestart: [] });
    expect(reload(plain, one)).toEqual({ config: plain, needRestart: ['listen.tls'] });
    expect(reload(one, plain)).toEqual({ config: one, needRestart: ['listen.tls'] });
  });

  it('takes other client certificates, but does not begin or cease to ask for them', () => {
    const plain = load();
    const withTls = (tls: ListenTls) => ({ ...plain, listen: { ...plain.listen, tls } });
    const open = withTls({ cert: 'a', key: 'b' });
    const closed = withTls({ cert: 'c', key: 'd', clientCa: 'e' });
    const other = withTls({ cert: 'f', key: 'g', clientCa: 'h' });
    const needRestart = ['listen.tls.clientCaFile'];
    expect(reload(open, closed)).toEqual({ config: open, needRestart });
    expect(reload(closed, open)).toEqual({ config: closed, needRestart });
    expect(reload(closed, other)).toEqual({ config: other, needRestart: [] });
    expect(reload(plain, closed).needRestart).toEqual(['listen.tls']);
  });
});
