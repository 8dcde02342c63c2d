import { once } from 'node:events';
import net from 'node:net';

/** The body that fault tests send: a call of the tool `search` with id 7. */
export const CALL =
  '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search","arguments":{}}}';

/** A POST with a JSON-RPC body; `length` says more than there is, for a body that never ends. */
export const post = (body = CALL, headers = 'Connection: close\r\n', length = body.length): string =>
  `POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${headers}Content-Length: ${length}\r\n\r\n${body}`;

/** A client that speaks bytes. */
export interface RawClient {
  readonly socket: net.Socket;
  /** All that came, latin1. */
  readonly text: () => string;
  /** Resolves with all that came once the sidecar closed the connection. */
  readonly closed: Promise<string>;
  /** Resolves once something that matches has come. */
  readonly until: (wanted: RegExp) => Promise<void>;
}

const LIMIT_MS = 10_000;

/** Connects and sends. Each wait is bounded by 10 s. */
export async function sendRaw(port: number, bytes: string): Promise<RawClient> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let text = '';
  let over = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const check of waiting) check();
  };
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    over = true;
    wake();
  });
  socket.write(bytes, 'latin1');
  const wait = (what: string, holds: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!holds() && !over) return;
        clearTimeout(limit);
        waiting.delete(check);
        if (holds()) resolve();
        else reject(new Error(`client: want ${what}, got the end after ${JSON.stringify(text.slice(-300))}`));
      };
      const limit = setTimeout(() => {
        waiting.delete(check);
        reject(
          new Error(`client: want ${what} within ${LIMIT_MS} ms, got ${JSON.stringify(text.slice(-300))}`),
        );
      }, LIMIT_MS);
      waiting.add(check);
      check();
    });
  return {
    socket,
    text: () => text,
    get closed() {
      return wait('the connection closed', () => over).then(() => text);
    },
    until: (wanted) => wait(String(wanted), () => wanted.test(text)),
  };
}
