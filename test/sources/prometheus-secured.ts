import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../harness/free-port.ts';
import { prometheusPath } from '../harness/prometheus.ts';
import { startProcess } from '../harness/start-process.ts';
import type { TestProcess } from '../harness/start-process.ts';

/** Who may ask the Prometheus of `startSecuredPrometheus`. */
export const reader = { username: 'vitals', password: 'swordfish-test' };
/** bcrypt of its password, cost 4. */
const hash = '$2b$04$abcdefghijklmnopqrstuuJOA9Fw1fCDFJuUV7PeNClsCovhgCOTW';

/** Certificate, key and the authority of its clients, as files. */
export interface SecuredFiles {
  readonly cert: string;
  readonly key: string;
  readonly clientAuthority: string;
}

/** A Prometheus behind TLS with client certificates, and a password. */
export interface SecuredPrometheus extends TestProcess {
  readonly port: number;
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
}

/**
 * Starts one that scrapes `targets` (host and port by job name) each second.
 * @param files without them it speaks plain HTTP; the password is asked for either way.
 */
export async function startSecuredPrometheus(
  targets: Readonly<Record<string, string>>,
  files?: SecuredFiles,
): Promise<SecuredPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-prometheus-'));
  const port = await freePort();
  const jobs = Object.entries(targets).map(
    ([job, target]) => `  - job_name: ${job}\n    static_configs: [{ targets: ['${target}'] }]\n`,
  );
  const config = `global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs:\n${jobs.join('')}`;
  const tls = files && {
    cert_file: files.cert,
    key_file: files.key,
    client_ca_file: files.clientAuthority,
    client_auth_type: 'RequireAndVerifyClientCert',
  };
  const web = {
    basic_auth_users: { [reader.username]: hash },
    ...(tls && { tls_server_config: tls }),
  };
  await writeFile(join(folder, 'prometheus.yml'), config);
  await writeFile(join(folder, 'web.yml'), JSON.stringify(web));
  const started = await startProcess({
    command: prometheusPath,
    args: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--web.config.file=${join(folder, 'web.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    ready: [/Server is ready to receive web requests/],
  });
  return {
    ...started,
    port,
    url: `${files ? 'https' : 'http'}://127.0.0.1:${port}`,
    stop: async () => {
      const exit = await started.stop();
      await rm(folder, { recursive: true, force: true });
      return exit;
    },
  };
}
