import net from 'node:net';
import { getSystemErrorMessage } from 'node:util';
import type { Readiness } from '../status/admin-server.ts';

const TIMEOUT_MS = 2000;

/** Whether a TCP connection to the upstream can be made; closed again at once, so that it costs the server little. */
export function checkUpstream(upstream: URL): Promise<Readiness> {
  const port = Number(upstream.port) || (upstream.protocol === 'https:' ? 443 : 80);
  const host = upstream.hostname.replaceAll(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: TIMEOUT_MS });
    const settle = (readiness: Readiness): void => {
      socket.destroy();
      resolve(readiness);
    };
    const refuse = (reason: string): void =>
      settle({ ready: false, reason: `upstream ${upstream.host}: ${reason}` });
    socket.once('connect', () => settle({ ready: true }));
    socket.once('timeout', () => refuse(`no connection within ${TIMEOUT_MS / 1000} s`));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      refuse(error.errno === undefined ? error.message : getSystemErrorMessage(error.errno)),
    );
  });
}
