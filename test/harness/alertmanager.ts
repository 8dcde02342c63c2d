import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { inRepository } from './repository.ts';
import { startProcess } from './start-process.ts';
import type { TestProcess } from './start-process.ts';

/** Where Debian's package `prometheus-alertmanager` puts the server and its tool. */
export const alertmanagerPath = '/usr/bin/prometheus-alertmanager';
export const amtoolPath = '/usr/bin/amtool';

/** An Alertmanager that a test owns. */
export interface Alertmanager extends TestProcess {
  readonly address: string;
}

/**
 * Starts Alertmanager on a free port of loopback, with its state in a temporary folder and the message templates
 * that ship beside its configuration.
 */
export async function startAlertmanager(config: string): Promise<Alertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-alertmanager-'));
  const configFile = join(folder, 'alertmanager.yml');
  await writeFile(configFile, config);
  await copyFile(inRepository('alerts', 'mcp-vitals.tmpl'), join(folder, 'mcp-vitals.tmpl'));
  const address = `127.0.0.1:${await freePort()}`;
  const started = await startProcess({
    command: alertmanagerPath,
    args: [
      `--config.file=${configFile}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      // One of its own, without neighbours.
      '--cluster.listen-address=',
    ],
    ready: [/Listening|msg="?Listening/i],
  });
  return {
    ...started,
    address,
    stop: async () => {
      const exit = await started.stop();
      await rm(folder, { recursive: true, force: true });
      return exit;
    },
  };
}
