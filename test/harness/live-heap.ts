import { Session } from 'node:inspector/promises';
import { WebSocket } from 'undici';

// Resident memory says little: V8 lets a heap grow as long as nothing presses. What is still in use after a collection does.

/** Bytes that this process's heap holds after a full collection. */
export async function ownHeapBytes(): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
    // Typed as without a result.
    const usage: unknown = await session.post('Runtime.getHeapUsage');
    return (usage as { readonly usedSize: number }).usedSize;
  } finally {
    session.disconnect();
  }
}

/**
 * The same of another Node process, started with `--inspect=127.0.0.1:0`.
 * @param output what it wrote to stderr, where the inspector says its address.
 */
export async function heapBytesOf(output: string): Promise<number> {
  const [url] = /ws:\/\/\S+/.exec(output) ?? [];
  if (url === undefined) throw new Error('inspector: want its address on stderr, got none');
  const socket = new WebSocket(url);
  const ask = (id: number, method: string): Promise<{ readonly usedSize?: number }> =>
    new Promise((resolve, reject) => {
      socket.addEventListener('error', () => reject(new Error(`inspector: no connection to ${url}`)));
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data)) as { id?: number; result?: { usedSize?: number } };
        if (message.id === id) resolve(message.result ?? {});
      });
      socket.send(JSON.stringify({ id, method }));
    });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`inspector: no connection to ${url}`)));
  });
  try {
    await ask(1, 'HeapProfiler.collectGarbage');
    return (await ask(2, 'Runtime.getHeapUsage')).usedSize ?? 0;
  } finally {
    socket.close();
  }
}
