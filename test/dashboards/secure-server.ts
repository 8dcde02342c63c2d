import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listenOnLoopback } from '../harness/free-port.ts';

/** A server over TLS whose certificate nobody signed and which ends in ten days; its files go into the folder. */
export async function startSecureServer(
  folder: string,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const [key, cert] = [join(folder, 'server.key'), join(folder, 'server.pem')];
  const request =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 10 -subj /CN=127.0.0.1';
  await promisify(execFile)('openssl', [...request.split(' '), '-keyout', key, '-out', cert]);
  const server = createServer({ key: await readFile(key), cert: await readFile(cert) }, (_, response) => {
    response.end('ok');
  });
  const port = await listenOnLoopback(server);
  return {
    url: `https://127.0.0.1:${port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
