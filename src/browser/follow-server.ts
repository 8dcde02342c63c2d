import { startEventStream, type StreamNews } from './event-stream.ts';

/** Address of a file beside this one, with the ending that this one has: `.ts` from source, `.js` when built. */
const beside = (name: string): URL => new URL(import.meta.url.replace(/[^/]+\.(\w+)$/, `${name}.$1`));

/**
 * Follows the server's events, by the worker that all tabs share where there are such workers, else alone. While the page
 * is put away it does not listen.
 */
export function followServer(root: URL, tell: (news: StreamNews) => void): void {
  const begin = (): (() => void) => {
    if (!('SharedWorker' in globalThis)) return startEventStream(root, tell).stop;
    const { port } = new SharedWorker(beside('stream-worker'), { type: 'module', name: 'mcp-vitals events' });
    port.addEventListener('message', ({ data }: MessageEvent<StreamNews>) => {
      tell(data);
    });
    port.start();
    return () => {
      port.postMessage('leave');
      port.close();
    };
  };
  let end = begin();
  addEventListener('pagehide', () => {
    end();
  });
  // Back from the browser's cache of pages.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) end = begin();
  });
}
