import type { AddressInfo, Server } from 'node:net';
import { getSystemErrorMessage } from 'node:util';

/**
 * Starts listening and gives the address, with the port that port 0 came to.
 * @throws Error `listen 127.0.0.1:8080: address already in use` and the like.
 */
export async function listenOn(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<AddressInfo> {
  const name = `listen ${host.includes(':') ? `[${host}]` : host}:${port}`;
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const why = error.errno === undefined ? error.message : getSystemErrorMessage(error.errno);
      reject(new Error(`${name}: ${why}`, { cause: error }));
    };
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error(`${name}: want a TCP address, got none`);
  return address;
}
