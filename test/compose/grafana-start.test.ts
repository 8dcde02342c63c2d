import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { inRepository } from '../harness/repository.ts';
import { runProcess } from '../harness/start-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-grafana-'));
  mkdirSync(join(folder, 'data'));
  mkdirSync(join(folder, 'secrets'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Uids of the sources of data in a file. */
const sourcesIn = (path: string): string[] =>
  z
    .object({ datasources: z.array(z.object({ uid: z.string() })) })
    .parse(parse(readFileSync(path, 'utf8')))
    .datasources.map(({ uid }) => uid);

/** Runs the script that starts Grafana, with its two folders here and a program in place of Grafana's own. */
async function start(
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly password: string; readonly stdout: string }> {
  const script = readFileSync(inRepository('docker', 'grafana', 'start.sh'), 'utf8')
    .replaceAll('/var/lib/grafana', join(folder, 'data'))
    .replaceAll('/run/secrets', join(folder, 'secrets'))
    .replaceAll('/tmp/provisioning', join(folder, 'provisioning'))
    .replaceAll('/etc/grafana', inRepository('grafana'))
    .replaceAll('/opt/grafana', inRepository('docker', 'grafana'));
  writeFileSync(join(folder, 'start.sh'), script);
  writeFileSync(
    join(folder, 'run.sh'),
    '#!/bin/sh\necho "Grafana runs as $GF_SECURITY_ADMIN_USER with ${GF_PATHS_PROVISIONING:-its own}"\n',
  );
  chmodSync(join(folder, 'run.sh'), 0o755);
  const { code, stdout, stderr } = await runProcess({
    command: '/bin/sh',
    args: [join(folder, 'start.sh')],
    env: { GRAFANA_RUN: join(folder, 'run.sh'), GF_SECURITY_ADMIN_USER: 'admin', ...env },
  });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Grafana runs as admin');
  return { stdout, password: readFileSync(join(folder, 'data', 'admin-password'), 'utf8') };
}

describe('the script that starts Grafana', () => {
  it('makes a password that is long, for its owner only, and says where it is but not what', async () => {
    const { password, stdout } = await start();
    expect(password).toMatch(/^[A-Za-z0-9+/]{24}$/);
    expect(statSync(join(folder, 'data', 'admin-password')).mode & 0o777).toBe(0o600);
    expect(stdout).toContain('docker compose exec grafana cat');
    expect(stdout).not.toContain(password);
  });

  it('keeps it at the next start, and makes another elsewhere', async () => {
    const first = await start();
    const second = await start();
    expect(second.password).toBe(first.password);
    expect(second.stdout).not.toContain('password');
    rmSync(join(folder, 'data', 'admin-password'));
    expect((await start()).password).not.toBe(first.password);
  });

  it('takes one that is given in a file, without the line feed at its end', async () => {
    await start();
    writeFileSync(join(folder, 'secrets', 'grafana-admin-password'), 'of my own\n');
    expect((await start()).password).toBe('of my own');
    expect(existsSync(join(folder, 'data', 'admin-password.new'))).toBe(false);
  });

  it('adds the store of traces to what is provisioned, where traces are sent', async () => {
    expect((await start()).stdout).toContain('with its own');
    const provisioning = join(folder, 'provisioning');
    const { stdout } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://traces:4318' });
    expect(stdout).toContain(`with ${provisioning}`);
    const sources = readdirSync(join(provisioning, 'datasources'));
    const uids = sources.map((name) => sourcesIn(join(provisioning, 'datasources', name)));
    expect(uids.flat().toSorted()).toEqual(['prometheus', 'traces']);
    expect(readdirSync(join(provisioning, 'dashboards')).length).toBeGreaterThan(0);
  });
});
