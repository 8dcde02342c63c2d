import { copyFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startSidecar } from '../../src/commands/sidecar.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Config } from '../../src/config/config.ts';
import { systemClock } from '../../src/model/clock.ts';
import { eventually } from '../harness/eventually.ts';
import { total } from '../harness/exposition.ts';
import { startHandServer } from '../harness/hand-server.ts';
import { startSidecar as startServe } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { createCertificates, describeWithOpenssl } from '../proxy/certificates.ts';
import type { Certificates } from '../proxy/certificates.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 30_000);

/** What is served over TLS, whoever shows what certificate. */
function get(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { rejectUnauthorized: false, agent: false }, (response) => {
      text(response).then(resolve, reject);
    });
    request.on('error', reject);
  });
}

describeWithOpenssl()('a reload with a certificate that TLS refuses', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = createCertificates();
    certificates.selfSigned('good');
    // What X.509 accepts and TLS does not, for the key is too short.
    certificates.selfSigned('short', 'rsa:1024');
  }, 30_000);
  afterAll(() => certificates.remove());

  it('keeps the running configuration as a whole, says why, and raises the metric', async () => {
    const first = stack.use(await startHandServer((_body, response) => void response.end('first')));
    const second = stack.use(await startHandServer((_body, response) => void response.end('second')));
    const file = certificates.path('serve.yaml');
    const configure = (upstream: string, pair: string): void => {
      for (const ending of ['pem', 'key'])
        copyFileSync(certificates.path(`${pair}.${ending}`), certificates.path(`server.${ending}`));
      const tls = 'listen: { tls: { certFile: server.pem, keyFile: server.key } }';
      writeFileSync(file, `upstream: ${upstream}\n${tls}\n`);
    };
    configure(first.url, 'good');
    const sidecar = stack.use(await startServe(['--config', file, '--listen', '127.0.0.1:0']));
    expect(await get(sidecar.url)).toBe('first');
    configure(second.url, 'short');
    sidecar.signal('SIGHUP');
    await eventually(async () => {
      expect(total(await sidecar.metrics(), 'mcp_vitals_config_last_reload_successful')).toBe(0);
    });
    expect(await get(sidecar.url)).toBe('first');
    expect(sidecar.stderr()).toMatch(/configuration not reloaded: .*listen\.tls\.certFile.*ee key too small/);
    configure(second.url, 'good');
    sidecar.signal('SIGHUP');
    await eventually(async () => expect(await get(sidecar.url)).toBe('second'));
  }, 30_000);

  it('throws before anything of the new configuration is in force', async () => {
    const first = stack.use(await startHandServer((_body, response) => void response.end('first')));
    const second = stack.use(await startHandServer((_body, response) => void response.end('second')));
    const load = (upstream: string, pair: string): Config => {
      const flags = ['--upstream', upstream, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];
      const loaded = loadConfig({ env: {}, flags });
      if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
      const tls = { cert: certificates.read(`${pair}.pem`), key: certificates.read(`${pair}.key`) };
      return { ...loaded.config, listen: { ...loaded.config.listen, tls } };
    };
    const parts = { log: () => undefined, clock: systemClock };
    const sidecar = stack.use(await startSidecar(load(first.url, 'good'), parts));
    expect(() => sidecar.reload(load(second.url, 'short'))).toThrow('ee key too small');
    expect(await get(sidecar.listenUrl)).toBe('first');
    sidecar.reload(load(second.url, 'good'));
    expect(await get(sidecar.listenUrl)).toBe('second');
  }, 30_000);
});
